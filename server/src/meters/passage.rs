//! One request on its way through the house, from its arrival to its one outcome.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use app::problem::Problem;

use super::{Meter, Stage, Tally, microseconds};

/// A request for a model. Dropping it before its outcome is known counts it as cancelled, which is
/// what happens when its sender goes away.
#[derive(Debug)]
pub struct Passage {
    way: Arc<Way>,
    arrival: Instant,
}

/// What the worker has of a request: enough to say that it runs.
#[derive(Debug, Clone)]
pub struct Mark(Arc<Way>);

struct Way {
    meter: Arc<Meter>,
    /// Where the request is, as one of the constants below. Read and written only under the lock
    /// of the model's counts.
    place: AtomicU8,
}

const PREPARING: u8 = 0;
const QUEUED: u8 = 1;
const RUNNING: u8 = 2;
const SETTLED: u8 = 3;

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Ok,
    Failed,
    Rejected,
    Expired,
    Cancelled,
}

impl Passage {
    pub(super) fn new(meter: Arc<Meter>) -> Self {
        let mut counts = meter.lock();
        counts.requests += 1;
        counts.preparing += 1;
        drop(counts);
        let way = Arc::new(Way { meter, place: AtomicU8::new(PREPARING) });
        Self { way, arrival: Instant::now() }
    }

    /// The picture is here and has so many bytes.
    pub fn received(&self, bytes: u64) {
        self.way.meter.lock().bytes += bytes;
    }

    /// A stage is over.
    pub fn took(&self, stage: Stage, duration: Duration) {
        self.way.meter.stages.took(stage, duration);
        *self.way.meter.lock().spent_us.entry(stage).or_default() += microseconds(duration);
    }

    /// The request waits for the worker.
    pub fn queued(&self) {
        self.way.accept(QUEUED);
    }

    /// For whoever runs the network.
    pub fn mark(&self) -> Mark {
        Mark(Arc::clone(&self.way))
    }

    /// The request was answered, or it ended in this problem.
    pub fn settle(self, problem: Option<&Problem>) {
        let total = self.arrival.elapsed();
        match problem {
            None => {
                self.took(Stage::Total, total);
                self.way.settle(Outcome::Ok);
            }
            Some(problem) => {
                let mut counts = self.way.meter.lock();
                *counts.problems.entry(problem.code.clone()).or_default() += 1;
                drop(counts);
                self.way.settle(self.way.outcome(problem));
            }
        }
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.way.settle(Outcome::Cancelled);
    }
}

impl Mark {
    /// The network takes the request.
    pub fn running(&self) {
        self.0.accept(RUNNING);
    }
}

impl Way {
    /// Moves on. The worker may be there before the one who queued the request has said so.
    fn accept(&self, next: u8) {
        let mut counts = self.meter.lock();
        let place = self.place.load(Ordering::Relaxed);
        if place >= next {
            return;
        }
        if place == PREPARING {
            counts.accepted += 1;
        }
        self.leave(&mut counts);
        match next {
            QUEUED => counts.queued += 1,
            _ => counts.running += 1,
        }
        self.place.store(next, Ordering::Relaxed);
    }

    fn settle(&self, outcome: Outcome) {
        let mut counts = self.meter.lock();
        let place = self.place.load(Ordering::Relaxed);
        if place == SETTLED {
            return;
        }
        if place == PREPARING && outcome != Outcome::Rejected {
            counts.accepted += 1;
        }
        self.leave(&mut counts);
        match outcome {
            Outcome::Ok => counts.ok += 1,
            Outcome::Failed => counts.failed += 1,
            Outcome::Rejected => counts.rejected += 1,
            Outcome::Expired => counts.expired += 1,
            Outcome::Cancelled => counts.cancelled += 1,
        }
        self.place.store(SETTLED, Ordering::Relaxed);
    }

    fn leave(&self, counts: &mut Tally) {
        match self.place.load(Ordering::Relaxed) {
            PREPARING => counts.preparing -= 1,
            QUEUED => counts.queued -= 1,
            RUNNING => counts.running -= 1,
            _ => {}
        }
    }

    /// What a problem means for the count. Before it waits for the worker, whatever is not there
    /// or has no place is a refusal; once accepted, a request can only fail.
    fn outcome(&self, problem: &Problem) -> Outcome {
        let preparing = self.place.load(Ordering::Relaxed) == PREPARING;
        match problem.status {
            504 => Outcome::Expired,
            503 if preparing => Outcome::Rejected,
            404 if preparing && problem.code == "model_unknown" => Outcome::Rejected,
            _ => Outcome::Failed,
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way").field("place", &self.place).finish_non_exhaustive()
    }
}
