//! A pipeline that is patient, and when it is not asked.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use broker::{Broker, Candidate, Health, Pipeline, RunError};

use crate::stage::{LONG, config, within};

/// Waits until so many are together.
struct Sociable {
    company: usize,
    patience: Duration,
    asked: Arc<AtomicUsize>,
}

impl Pipeline for Sociable {
    type Request = ();
    type Response = usize;
    type Error = Infallible;

    fn run(&mut self, batch: Vec<()>) -> Result<Vec<usize>, Infallible> {
        Ok(vec![batch.len(); batch.len()])
    }

    fn patience(&self, joined: &[Candidate<'_, ()>]) -> Duration {
        self.asked.fetch_add(1, Ordering::SeqCst);
        assert!(self.patience < Duration::MAX, "a pipeline without end");
        if joined.len() < self.company { self.patience } else { Duration::ZERO }
    }
}

async fn sociable(company: usize, patience: Duration) -> (Broker<(), usize>, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let pipeline = Sociable { company, patience, asked: asked.clone() };
    let construct = || Ok::<_, Infallible>(pipeline);
    let broker = Broker::start(config(8, 4), Arc::new(()), construct).unwrap();
    within(broker.health().wait_for(|health| *health == Health::Ready)).await.unwrap();
    (broker, asked)
}

#[tokio::test]
async fn a_batch_waits_until_those_have_come_whom_the_pipeline_waits_for() {
    let (broker, _) = sociable(3, LONG).await;
    let tickets: Vec<_> = (0..3).map(|_| broker.submit((), None).unwrap()).collect();
    for ticket in tickets {
        assert_eq!(within(ticket).await.unwrap().batch_size, 3);
    }
}

/// Protects whoever waits from company that never comes.
#[tokio::test]
async fn patience_ends() {
    let patience = Duration::from_millis(20);
    let (broker, asked) = sociable(2, patience).await;
    let ticket = broker.submit((), None).unwrap();
    // It is asked once more when it has waited, and would wait for ever if it always said the same.
    let deadline = std::time::Instant::now() + LONG;
    while asked.load(Ordering::SeqCst) < 3 && std::time::Instant::now() < deadline {
        tokio::time::sleep(patience).await;
    }
    assert!(asked.load(Ordering::SeqCst) >= 3);
    let other = broker.submit((), None).unwrap();
    assert_eq!(within(ticket).await.unwrap().batch_size, 2);
    assert_eq!(within(other).await.unwrap().batch_size, 2);
}

#[tokio::test]
async fn a_full_batch_waits_for_nobody() {
    let (broker, _) = sociable(usize::MAX, LONG).await;
    let tickets: Vec<_> = (0..4).map(|_| broker.submit((), None).unwrap()).collect();
    for ticket in tickets {
        assert_eq!(within(ticket).await.unwrap().batch_size, 4);
    }
}

#[tokio::test]
async fn nobody_comes_any_more_when_the_broker_drains() {
    let (broker, asked) = sociable(2, LONG).await;
    let ticket = broker.submit((), None).unwrap();
    within(async {
        while asked.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let (answer, ended) = within(async { tokio::join!(ticket, broker.shutdown(LONG)) }).await;
    assert_eq!(answer.unwrap().batch_size, 1);
    ended.unwrap();
}

#[tokio::test]
async fn who_is_waited_with_can_leave_and_expire() {
    let (broker, _) = sociable(2, LONG).await;
    drop(broker.submit((), None).unwrap());
    let soon = std::time::Instant::now() + Duration::from_millis(5);
    let late = broker.submit((), Some(soon)).unwrap();
    assert!(matches!(within(late).await, Err(RunError::Expired)));
    let counts = broker.counts();
    assert_eq!((counts.cancelled, counts.expired, counts.queued), (1, 1, 0));
}

#[tokio::test]
async fn a_panic_is_no_patience() {
    let (broker, _) = sociable(2, Duration::MAX).await;
    let ticket = broker.submit((), None).unwrap();
    assert_eq!(within(ticket).await.unwrap().batch_size, 1);
}
