//! One picture on its way through the house, from its arrival to its one outcome.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use app::problem::Problem;

use super::{
    Meter, Stage, Tally,
    call::{Call, Reason},
};

/// A picture for a model. Dropping it before its outcome is known counts it as cancelled, which is
/// what happens when its sender goes away, or another picture spoils the whole request.
#[derive(Debug)]
pub struct Passage {
    way: Arc<Way>,
    call: Arc<Call>,
}

/// What the worker has of a picture: enough to say that it runs.
#[derive(Debug, Clone)]
pub struct Mark(Arc<Way>);

struct Way {
    meter: Arc<Meter>,
    /// Where the picture is, as one of the constants below. Read and written only under the lock
    /// of the model's counts.
    place: AtomicU8,
}

const PREPARING: u8 = 0;
const QUEUED: u8 = 1;
const RUNNING: u8 = 2;
const SETTLED: u8 = 3;

/// How a picture ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Ok,
    Failed,
    Rejected,
    Expired,
    Cancelled,
}

impl Passage {
    pub(super) fn new(meter: Arc<Meter>, call: Arc<Call>) -> Self {
        let mut counts = meter.lock();
        counts.requests += 1;
        counts.preparing += 1;
        drop(counts);
        let way = Arc::new(Way { meter, place: AtomicU8::new(PREPARING) });
        Self { way, call }
    }

    /// The picture is here and has so many bytes.
    pub fn received(&self, bytes: u64) {
        self.way.meter.lock().bytes += bytes;
    }

    /// A stage is over.
    pub fn took(&self, stage: Stage, duration: Duration) {
        self.way.meter.stages.took(stage, duration);
        self.call.took(stage, duration);
    }

    /// The network ran on the picture together with others, `size` in all. Making it ready took
    /// `input`, and making an answer of its logits `output`.
    pub fn shared(&self, size: usize, input: Duration, output: Duration) {
        let mut counts = self.way.meter.lock();
        let batch = counts.statistics.batches.entry(size).or_default();
        batch.input += input;
        batch.output += output;
    }

    /// The answer to the picture was looked for among those that are known.
    pub fn remembered(&self, found: bool) {
        let mut counts = self.way.meter.lock();
        *(if found { &mut counts.cache_hits } else { &mut counts.cache_misses }) += 1;
    }

    /// The picture waits for the worker.
    pub fn queued(&self) {
        self.way.accept(QUEUED);
    }

    /// For whoever runs the network.
    pub fn mark(&self) -> Mark {
        Mark(Arc::clone(&self.way))
    }

    /// The picture was answered, or it ended in this problem.
    pub fn settle(self, problem: Option<&Problem>) {
        match problem {
            None => {
                let took = self.call.arrival.elapsed();
                self.took(Stage::Total, took);
                self.way.meter.lately().answered(took);
                self.end(Outcome::Ok, None);
            }
            Some(problem) => self.end(self.way.outcome(problem), Some(problem)),
        }
    }

    /// The picture was not let in, for this reason.
    pub fn refuse(self, problem: &Problem) {
        let late = problem.status == 504;
        self.end(if late { Outcome::Expired } else { Outcome::Rejected }, Some(problem));
    }

    fn end(&self, outcome: Outcome, problem: Option<&Problem>) {
        let network = problem.is_some_and(|problem| problem.code == "inference_failed");
        let reason = match outcome {
            Outcome::Ok => None,
            Outcome::Rejected | Outcome::Expired => Some(Reason::Rejected),
            Outcome::Cancelled => Some(Reason::Cancelled),
            Outcome::Failed if network => Some(Reason::Network),
            Outcome::Failed => Some(Reason::Other),
        };
        if self.way.settle(outcome, problem) {
            self.call.over(reason);
        }
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.end(Outcome::Cancelled, None);
    }
}

impl Mark {
    /// The network takes the picture.
    pub fn running(&self) {
        self.0.accept(RUNNING);
    }
}

impl Way {
    /// Moves on. The worker may be there before the one who queued the picture has said so.
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

    /// Ends here, unless that has happened; whether that was this call's doing.
    fn settle(&self, outcome: Outcome, problem: Option<&Problem>) -> bool {
        let mut counts = self.meter.lock();
        let place = self.place.load(Ordering::Relaxed);
        if place == SETTLED {
            return false;
        }
        if let Some(problem) = problem {
            *counts.problems.entry(problem.code.clone()).or_default() += 1;
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
        true
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
    /// or has no place is a refusal; once accepted, a picture can only fail.
    fn outcome(&self, problem: &Problem) -> Outcome {
        let preparing = self.place.load(Ordering::Relaxed) == PREPARING;
        match problem.status {
            504 => Outcome::Expired,
            503 if preparing => Outcome::Rejected,
            _ => Outcome::Failed,
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way").field("place", &self.place).finish_non_exhaustive()
    }
}
