use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use broker::{Broker, Health, Observer, RunError, SubmitError};

use crate::stage::{
    Act, ActError, Actor, LONG, answer, becomes, config, hold, request, say, within,
};

/// Counts what it is told.
#[derive(Default)]
struct Tally {
    accepted: AtomicU64,
    rejected: AtomicU64,
    started: AtomicU64,
    ok: AtomicU64,
    failed: AtomicU64,
    expired: AtomicU64,
    cancelled: AtomicU64,
    batches: Mutex<Vec<usize>>,
    health: Mutex<Vec<Health>>,
    depth: AtomicU64,
}

fn add(number: &AtomicU64) {
    number.fetch_add(1, Ordering::SeqCst);
}

impl Observer for Tally {
    fn accepted(&self) {
        add(&self.accepted);
    }
    fn rejected(&self, _: &SubmitError) {
        add(&self.rejected);
    }
    fn started(&self, _: usize, _: Duration) {
        add(&self.started);
    }
    fn ok(&self) {
        add(&self.ok);
    }
    fn failed(&self, _: &RunError) {
        add(&self.failed);
    }
    fn expired(&self) {
        add(&self.expired);
    }
    fn cancelled(&self) {
        add(&self.cancelled);
    }
    fn batch_finished(&self, size: usize, _: Duration) {
        self.batches.lock().unwrap().push(size);
    }
    fn health(&self, health: &Health) {
        self.health.lock().unwrap().push(health.clone());
    }
    fn depth(&self, queued: usize) {
        self.depth.store(queued as u64, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn an_observer_is_told_everything() {
    let tally = Arc::new(Tally::default());
    let construct = || Ok::<_, ActError>(Actor::default());
    let broker = Broker::start(config(4, 2), tally.clone(), construct).unwrap();
    becomes(&broker, Health::Ready).await;
    let (holder, holding) = hold(0);
    let held = broker.submit(holding, None).unwrap();
    holder.wait_until_running();
    let kept = broker.submit(say(1), None).unwrap();
    let failing = broker.submit(request(2, Act::Fail), None).unwrap();
    let expired = broker.submit(say(3), Some(Instant::now())).unwrap();
    let cancelled = broker.submit(say(4), None).unwrap();
    assert_eq!(tally.depth.load(Ordering::SeqCst), 4);
    drop(cancelled);
    assert!(answer(expired).await.is_err());
    assert_eq!(tally.depth.load(Ordering::SeqCst), 2);
    drop(holder);
    answer(held).await.unwrap();
    assert!(answer(kept).await.is_err(), "it shares a batch with the one that fails");
    assert!(answer(failing).await.is_err());
    within(broker.shutdown(LONG)).await.unwrap();
    assert!(broker.submit(say(5), None).is_err());

    let counts = broker.counts();
    for (told, counted) in [
        (&tally.accepted, counts.accepted),
        (&tally.rejected, counts.rejected),
        (&tally.ok, counts.ok),
        (&tally.failed, counts.failed),
        (&tally.expired, counts.expired),
        (&tally.cancelled, counts.cancelled),
        (&tally.started, 3),
    ] {
        assert_eq!(told.load(Ordering::SeqCst), counted);
    }
    assert_eq!((counts.accepted, counts.ok, counts.failed), (5, 1, 2));
    assert_eq!(*tally.batches.lock().unwrap(), [1, 2]);
    // A state that was left at once may not have been seen, but the last one always is.
    assert_eq!(tally.health.lock().unwrap().last(), Some(&Health::Stopped));
}

struct Clumsy;

impl Observer for Clumsy {
    fn accepted(&self) {
        panic!("accepted");
    }
    fn started(&self, _: usize, _: Duration) {
        panic!("started");
    }
    fn ok(&self) {
        panic!("ok");
    }
    fn health(&self, _: &Health) {
        panic!("health");
    }
}

#[tokio::test]
async fn an_observer_that_panics_harms_nobody() {
    let construct = || Ok::<_, ActError>(Actor::default());
    let broker = Broker::start(config(4, 2), Arc::new(Clumsy), construct).unwrap();
    becomes(&broker, Health::Ready).await;
    for number in 0..3 {
        let ticket = broker.submit(say(number), None).unwrap();
        assert_eq!(answer(ticket).await.unwrap().response.number, number);
    }
    within(broker.shutdown(LONG)).await.unwrap();
}
