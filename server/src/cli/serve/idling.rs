//! Giving memory back when nobody asks any more.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::{meters::Meters, service::Service};

/// How often one looks. Under load nothing is given back here, because a batch would fetch it again,
/// page by page.
const LOOK: Duration = Duration::from_secs(1);

/// After so many looks at which nobody had asked, memory is given back: soon, and when the runtime's
/// threads for blocking work have ended, which they do after ten seconds and which frees what they kept.
const QUIET: [u32; 2] = [1, 15];

/// Gives memory back after every time of work, as long as the program runs.
pub(super) fn start(service: &Arc<Service>) {
    let service = Arc::clone(service);
    tokio::spawn(async move {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut watch = Watch::default();
        loop {
            ticks.tick().await;
            if watch.look(Work::so_far(service.meters())) {
                service.give_back_memory();
            }
        }
    });
}

/// What was done and what is being done.
#[derive(Debug, Clone, Copy)]
struct Work {
    /// How many steps all pictures have made since the start: arrivals, refusals, and answers.
    steps: u64,
    /// Pictures that are prepared, wait, or run. A batch may take longer than some looks.
    under_way: u64,
}

impl Work {
    fn so_far(meters: &Meters) -> Self {
        let tallies = meters.tallies();
        let steps = tallies.values().map(|tally| {
            let settled = tally.ok + tally.failed + tally.expired + tally.cancelled;
            tally.requests + tally.accepted + tally.rejected + settled
        });
        let under_way =
            tallies.values().map(|tally| tally.preparing + tally.queued + tally.running);
        Self { steps: meters.refused_elsewhere() + steps.sum::<u64>(), under_way: under_way.sum() }
    }
}

/// Tells the end of work.
#[derive(Debug, Default)]
struct Watch {
    seen: u64,
    /// Looks since there was work; none if there was none yet.
    quiet: Option<u32>,
}

impl Watch {
    /// Whether memory is to be given back now.
    fn look(&mut self, work: Work) -> bool {
        if work.steps != self.seen || work.under_way > 0 {
            (self.seen, self.quiet) = (work.steps, Some(0));
            return false;
        }
        let Some(quiet) = &mut self.quiet else { return false };
        *quiet = quiet.saturating_add(1);
        QUIET.contains(quiet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects a busy server from giving back what it needs at once, and an idle one from doing it
    /// for ever.
    #[test]
    fn memory_goes_back_when_work_is_over() {
        let mut watch = Watch::default();
        let mut look = |steps, under_way| watch.look(Work { steps, under_way });
        assert!(!(0..100).any(|_| look(0, 0)), "there was no work yet");
        assert!(!(1..100).any(|steps| look(steps, 0)), "there is work");
        let given: Vec<u32> = (1..100).filter(|_| look(99, 0)).collect();
        assert_eq!(given, QUIET, "it is over");
        assert!(!look(100, 8), "and goes on");
        assert!(!(0..100).any(|_| look(100, 8)), "with a batch that takes long");
        assert!(look(100, 0));
    }
}
