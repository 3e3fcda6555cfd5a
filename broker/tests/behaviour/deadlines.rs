use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use broker::RunError;

use crate::stage::{LONG, answer, busy_stage, hold, say, stage};

const SOON: Duration = Duration::from_millis(30);

#[tokio::test]
async fn an_overdue_request_is_answered_while_the_worker_hangs_and_never_run() {
    let (broker, batches, holder, held) = busy_stage(8, 8).await;
    let deadline = Instant::now() + SOON;
    let overdue = broker.submit(say(1), Some(deadline)).unwrap();
    let patient = broker.submit(say(2), Some(Instant::now() + 2 * LONG)).unwrap();
    // The hold is dropped only afterwards: the answer does not come from the worker.
    assert_eq!(answer(overdue).await.unwrap_err(), RunError::Expired);
    assert!(Instant::now() >= deadline);
    assert_eq!((broker.counts().expired, broker.counts().queued), (1, 1));
    drop(holder);
    answer(held).await.unwrap();
    answer(patient).await.unwrap();
    assert_eq!(*batches.lock().unwrap(), [vec![0], vec![2]]);
}

#[tokio::test]
async fn a_request_that_hangs_is_answered_at_its_deadline() {
    let (broker, _) = stage(8, 8).await;
    let (holder, request) = hold(1);
    // Long enough that it is begun before, even on a slow machine.
    let deadline = Instant::now() + Duration::from_secs(2);
    let hanging = broker.submit(request, Some(deadline)).unwrap();
    holder.wait_until_running();
    assert_eq!(answer(hanging).await.unwrap_err(), RunError::Expired);
    assert_eq!((broker.counts().expired, broker.counts().running), (1, 0));
    drop(holder);
    let next = broker.submit(say(2), Some(Instant::now() + LONG)).unwrap();
    assert_eq!(answer(next).await.unwrap().response.number, 2);
    let counts = broker.counts();
    assert_eq!((counts.expired, counts.ok), (1, 1), "it expired once and is not ok as well");
}

#[tokio::test]
async fn a_deadline_that_has_passed_already_expires() {
    let (broker, batches) = stage(8, 8).await;
    let ticket = broker.submit(say(1), Some(Instant::now())).unwrap();
    assert_eq!(answer(ticket).await.unwrap_err(), RunError::Expired);
    answer(broker.submit(say(2), None).unwrap()).await.unwrap();
    assert_eq!(*batches.lock().unwrap(), [vec![2]]);
    assert_eq!(broker.counts().expired, 1);
}

#[tokio::test]
async fn an_overdue_ticket_that_is_dropped_counts_once() {
    let (broker, _, holder, held) = busy_stage(8, 8).await;
    let overdue = broker.submit(say(1), Some(Instant::now())).unwrap();
    drop(holder);
    answer(held).await.unwrap();
    answer(broker.submit(say(2), None).unwrap()).await.unwrap();
    drop(overdue);
    let counts = broker.counts();
    assert_eq!((counts.expired, counts.cancelled), (1, 0));
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[test]
fn deadlines_hold_without_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (broker, batches, holder, held) = runtime.block_on(busy_stage(8, 8));
    let overdue = broker.submit(say(1), Some(Instant::now())).unwrap();
    drop((runtime, holder, held));

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut ticket = pin!(overdue);
    let answer = loop {
        match ticket.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => break answer,
            Poll::Pending => thread::park_timeout(LONG),
        }
    };
    assert_eq!(answer.unwrap_err(), RunError::Expired);
    assert_eq!(*batches.lock().unwrap(), [vec![0]]);
}
