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
            if watch.look(steps(service.meters())) {
                service.give_back_memory();
            }
        }
    });
}

/// How many steps all pictures have made since the start: arrivals, refusals, and answers.
fn steps(meters: &Meters) -> u64 {
    let tallies = meters.tallies();
    let steps = tallies.values().map(|tally| {
        let settled = tally.ok + tally.failed + tally.expired + tally.cancelled;
        tally.requests + tally.accepted + tally.rejected + settled
    });
    meters.refused_elsewhere() + steps.sum::<u64>()
}

/// Tells the end of work.
#[derive(Debug, Default)]
struct Watch {
    seen: u64,
    /// Looks since there was work; none if there was none yet.
    quiet: Option<u32>,
}

impl Watch {
    /// Whether memory is to be given back now, after so many steps.
    fn look(&mut self, steps: u64) -> bool {
        if steps != self.seen {
            (self.seen, self.quiet) = (steps, Some(0));
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
        assert!(!(0..100).any(|_| watch.look(0)), "there was no work yet");
        assert!(!(1..100).any(|steps| watch.look(steps)), "there is work");
        let given: Vec<u32> = (1..100).filter(|_| watch.look(99)).collect();
        assert_eq!(given, QUIET, "it is over");
        assert!(!watch.look(100), "and goes on");
        assert!(watch.look(100));
    }
}
