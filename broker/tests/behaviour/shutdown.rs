use std::sync::{Arc, mpsc};
use std::time::Duration;

use broker::{Broker, Health, RunError, ShutdownError, SubmitError};

use crate::stage::{
    ActError, Actor, LONG, answer, becomes, busy_stage, config, say, stage, within,
};

#[tokio::test]
async fn what_was_accepted_is_answered_and_nothing_more_accepted() {
    let (broker, _, holder, held) = busy_stage(8, 1).await;
    let tickets: Vec<_> = (1..=3).map(|number| broker.submit(say(number), None).unwrap()).collect();
    let closing = broker.clone();
    let closed = tokio::spawn(async move { closing.shutdown(LONG).await });
    becomes(&broker, Health::Draining).await;
    assert_eq!(broker.submit(say(4), None).unwrap_err(), SubmitError::Draining);
    drop(holder);
    within(closed).await.unwrap().unwrap();
    assert_eq!(*broker.health().borrow(), Health::Stopped);
    answer(held).await.unwrap();
    for ticket in tickets {
        answer(ticket).await.unwrap();
    }
    assert_eq!(broker.submit(say(5), None).unwrap_err(), SubmitError::Draining);
}

#[tokio::test]
async fn an_idle_broker_needs_no_grace() {
    let (broker, _) = stage(8, 1).await;
    within(broker.shutdown(Duration::ZERO)).await.unwrap();
    assert_eq!(*broker.health().borrow(), Health::Stopped);
}

#[tokio::test]
async fn a_shutdown_can_be_repeated_and_take_for_ever() {
    let (broker, _) = stage(8, 1).await;
    let (first, second) =
        within(async { tokio::join!(broker.shutdown(Duration::MAX), broker.shutdown(LONG)) }).await;
    assert_eq!((first, second), (Ok(()), Ok(())));
    within(broker.shutdown(Duration::ZERO)).await.unwrap();
}

#[tokio::test]
async fn nobody_waits_for_a_worker_that_hangs() {
    let (broker, batches, holder, held) = busy_stage(8, 1).await;
    let waiting = broker.submit(say(1), None).unwrap();
    let outcome = within(broker.shutdown(Duration::from_millis(10))).await;
    assert_eq!(outcome, Err(ShutdownError::StillRunning));
    assert_eq!(answer(waiting).await.unwrap_err(), RunError::Stopped);
    assert_eq!(answer(held).await.unwrap_err(), RunError::Stopped);
    let counts = broker.counts();
    assert_eq!((counts.failed, counts.queued, counts.running), (2, 0, 0));

    drop(holder);
    becomes(&broker, Health::Stopped).await;
    within(broker.shutdown(LONG)).await.unwrap();
    assert_eq!(*batches.lock().unwrap(), [vec![0]]);
    assert_eq!(broker.counts(), counts);
}

#[tokio::test]
async fn a_broker_can_be_shut_down_while_it_loads() {
    let (loaded, loads) = mpsc::channel::<()>();
    let (made, was_made) = mpsc::channel();
    let broker = Broker::start(config(4, 1), Arc::new(()), move || {
        loads.recv().ok();
        let actor = Actor::default();
        made.send(()).ok();
        Ok::<_, ActError>(actor)
    })
    .unwrap();
    let shown = broker.health();
    let outcome = within(broker.shutdown(Duration::ZERO)).await;
    assert_eq!(outcome, Err(ShutdownError::StillRunning));
    assert_eq!(broker.submit(say(1), None).unwrap_err(), SubmitError::Draining);
    drop(loaded);
    within(broker.shutdown(LONG)).await.unwrap();
    was_made.try_recv().unwrap();
    assert_eq!(*shown.borrow(), Health::Stopped);
}

#[tokio::test]
async fn a_shutdown_that_nobody_awaits_still_ends_the_thread() {
    let (broker, _, holder, held) = busy_stage(8, 1).await;
    let waiting = broker.submit(say(1), None).unwrap();
    let given_up = tokio::time::timeout(Duration::ZERO, broker.shutdown(Duration::ZERO)).await;
    assert!(given_up.is_err());
    drop(holder);
    answer(held).await.unwrap();
    assert_eq!(answer(waiting).await.unwrap_err(), RunError::Stopped);
    becomes(&broker, Health::Stopped).await;
}

#[tokio::test]
async fn the_last_handle_lets_the_queue_drain_and_the_thread_end() {
    let (broker, _, holder, held) = busy_stage(8, 1).await;
    let waiting = broker.submit(say(1), None).unwrap();
    let mut shown = broker.health();
    let clone = broker.clone();
    drop(broker);
    assert_eq!(*shown.borrow(), Health::Ready, "there is still a handle");
    // The worker is held, so a drop that joined the thread would never return.
    drop(clone);
    assert_eq!(*shown.borrow(), Health::Draining);
    drop(holder);
    answer(held).await.unwrap();
    assert_eq!(answer(waiting).await.unwrap().response.number, 1);
    within(shown.wait_for(|health| *health == Health::Stopped)).await.unwrap();
}
