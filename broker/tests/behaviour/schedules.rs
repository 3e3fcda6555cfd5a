//! Whatever comes together, every accepted request gets exactly one answer.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use broker::{Counts, Health, RunError, SubmitError, Ticket};
use proptest::prelude::*;

use crate::stage::{Act, LONG, Request, Response, Stage, answer, request, stage, within};

#[derive(Clone, Debug)]
enum Step {
    Submit { kind: Kind, group: u32, deadline_us: Option<u64>, keep: bool },
    DropOldest,
    Await,
    Breathe,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Answer,
    Fail,
    Panic,
    Omit,
}

impl Kind {
    fn act(self) -> Act {
        match self {
            Self::Answer => Act::Answer,
            Self::Fail => Act::Fail,
            Self::Panic => Act::Exit(Box::new(())),
            Self::Omit => Act::Omit,
        }
    }
}

/// How a run ends.
#[derive(Clone, Copy, Debug)]
enum End {
    AwaitAll,
    Shutdown { grace_us: u64 },
    DropBroker,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = prop_oneof![
        6 => Just(Kind::Answer),
        1 => Just(Kind::Fail),
        1 => Just(Kind::Panic),
        1 => Just(Kind::Omit),
    ];
    let deadline = prop_oneof![2 => Just(None), 1 => (0..2000_u64).prop_map(Some)];
    let submit = (kind, 0..2_u32, deadline, prop::bool::weighted(0.8)).prop_map(
        |(kind, group, deadline_us, keep)| Step::Submit { kind, group, deadline_us, keep },
    );
    let step = prop_oneof![
        8 => submit,
        1 => Just(Step::DropOldest),
        1 => Just(Step::Await),
        1 => Just(Step::Breathe),
    ];
    prop::collection::vec(step, 0..60)
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        Just(End::AwaitAll),
        (0..1000_u64).prop_map(|grace_us| End::Shutdown { grace_us }),
        Just(End::DropBroker),
    ]
}

/// What the test itself has seen, to be compared with the counts.
#[derive(Debug, Default)]
struct Seen {
    rejected: u64,
    dropped: u64,
    ok: u64,
    failed: u64,
    expired: u64,
}

impl Seen {
    async fn answer(&mut self, ticket: Ticket<Response>, number: u32) {
        match answer(ticket).await {
            Ok(answer) => {
                assert_eq!(answer.response.number, number, "an answer to another request");
                self.ok += 1;
            }
            Err(RunError::Expired) => self.expired += 1,
            Err(_) => self.failed += 1,
        }
    }

    /// A dropped ticket may have been answered, cancelled or expired before; nothing else is free.
    fn agrees_with(&self, counts: Counts) {
        assert!(counts.add_up(), "{counts:?}");
        assert_eq!((counts.queued, counts.running), (0, 0), "{counts:?}");
        assert_eq!(counts.rejected, self.rejected);
        let of_dropped: Option<u64> = [
            counts.ok.checked_sub(self.ok),
            counts.failed.checked_sub(self.failed),
            counts.expired.checked_sub(self.expired),
            Some(counts.cancelled),
        ]
        .into_iter()
        .sum();
        assert_eq!(of_dropped, Some(self.dropped), "{self:?} {counts:?}");
    }
}

/// Looks at the counts all the time, which must add up at every instant.
fn sample(broker: Stage, stop: Arc<AtomicBool>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            let counts = broker.counts();
            assert!(counts.add_up(), "{counts:?}");
            thread::yield_now();
        }
    })
}

async fn play(steps: Vec<Step>, end: End, queue: usize, max_batch: usize) {
    let (broker, batches) = stage(queue, max_batch).await;
    let stop = Arc::new(AtomicBool::new(false));
    let sampler = sample(broker.clone(), stop.clone());
    let luggage = Arc::new(());
    let mut seen = Seen::default();
    let mut tickets = VecDeque::new();
    for (number, step) in (0..).zip(steps) {
        match step {
            Step::Submit { kind, group, deadline_us, keep } => {
                let luggage = Some(luggage.clone());
                let request = Request { group, luggage, ..request(number, kind.act()) };
                let deadline = deadline_us.map(|us| Instant::now() + Duration::from_micros(us));
                match broker.submit(request, deadline) {
                    Ok(ticket) => tickets.push_back((number, ticket)),
                    Err(SubmitError::Busy { .. }) => seen.rejected += 1,
                    Err(error) => panic!("{error}"),
                }
                if !keep && tickets.pop_back().is_some() {
                    seen.dropped += 1;
                }
            }
            Step::DropOldest => seen.dropped += u64::from(tickets.pop_front().is_some()),
            Step::Await => {
                if let Some((number, ticket)) = tickets.pop_front() {
                    seen.answer(ticket, number).await;
                }
            }
            Step::Breathe => thread::yield_now(),
        }
    }
    stop.store(true, Ordering::Relaxed);
    sampler.join().unwrap();

    let mut health = broker.health();
    let mut broker = Some(broker);
    match (end, &broker) {
        (End::Shutdown { grace_us }, Some(broker)) => {
            // Whether it is in time is not the matter here.
            let _ = within(broker.shutdown(Duration::from_micros(grace_us))).await;
        }
        (End::DropBroker, _) => drop(broker.take()),
        _ => {}
    }
    for (number, ticket) in tickets {
        seen.answer(ticket, number).await;
    }
    if let Some(broker) = broker {
        within(broker.shutdown(LONG)).await.unwrap();
        seen.agrees_with(broker.counts());
    }
    within(health.wait_for(|health| *health == Health::Stopped)).await.unwrap();
    let batches = batches.lock().unwrap();
    let in_order = |numbers: &[u32]| numbers.is_sorted_by(|earlier, later| earlier < later);
    let turns: Vec<u32> = batches.iter().map(|batch| batch[0]).collect();
    assert!(in_order(&turns), "turns in order");
    assert!(batches.iter().all(|batch| in_order(batch)), "batches in order");
    let mut numbers: Vec<u32> = batches.iter().flatten().copied().collect();
    numbers.sort_unstable();
    assert!(in_order(&numbers), "run once");
    assert_eq!(Arc::strong_count(&luggage), 1, "nothing is kept");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn every_accepted_request_gets_exactly_one_answer(
        steps in steps(),
        end in end(),
        queue in 1..8_usize,
        max_batch in 1..5_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(play(steps, end, queue, max_batch));
    }
}
