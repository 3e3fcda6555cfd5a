//! One request with all of its pictures, written down when the last of them is over.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{Meter, Stage};

/// A request that is under way. The passages of its pictures share it; it is over with the last.
pub(super) struct Call {
    meter: Arc<Meter>,
    pub(super) arrival: Instant,
    pictures: usize,
    course: Mutex<Course>,
}

/// Why a picture was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Rejected,
    Cancelled,
    Network,
    Other,
}

#[derive(Default)]
struct Course {
    answered: usize,
    /// Why the first one was not.
    reason: Option<Reason>,
    /// The longest time of each stage.
    longest: BTreeMap<Stage, Duration>,
}

impl Call {
    pub(super) fn new(meter: Arc<Meter>, pictures: usize) -> Self {
        Self { meter, arrival: Instant::now(), pictures, course: Mutex::default() }
    }

    pub(super) fn took(&self, stage: Stage, duration: Duration) {
        self.change(|course| {
            let longest = course.longest.entry(stage).or_default();
            *longest = duration.max(*longest);
        });
    }

    /// A picture is over: answered, or not for this reason.
    pub(super) fn over(&self, reason: Option<Reason>) {
        self.change(|course| match reason {
            None => course.answered += 1,
            Some(reason) => {
                course.reason.get_or_insert(reason);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Course)) {
        change(&mut self.course.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let took = self.arrival.elapsed();
        let course = self.course.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut counts = self.meter.lock();
        let statistics = &mut counts.statistics;
        if course.answered < self.pictures {
            statistics.fail.add(took);
            let reasons = &mut statistics.reasons;
            match course.reason.unwrap_or(Reason::Cancelled) {
                Reason::Rejected => reasons.rejected += 1,
                Reason::Cancelled => reasons.cancelled += 1,
                Reason::Network => reasons.network += 1,
                Reason::Other => reasons.other += 1,
            }
            return;
        }
        let longest = |stage| course.longest.get(&stage).copied().unwrap_or_default();
        statistics.success.add(took);
        statistics.queue.add(longest(Stage::Queue));
        statistics.compute_input.add(longest(Stage::Decode));
        statistics.compute_infer.add(longest(Stage::Inference));
        statistics.compute_output.add(longest(Stage::Wording));
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("pictures", &self.pictures).finish_non_exhaustive()
    }
}
