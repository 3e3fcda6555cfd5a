//! Giving memory back when nobody asks any more.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::{meters::Meters, service::Service};

/// After twice this at most nobody asks any more. Under load nothing is given back here, because a
/// batch would fetch it again, page by page.
const QUIET: Duration = Duration::from_secs(1);

/// Gives memory back once after every time of work, as long as the program runs.
pub(super) fn start(service: &Service) {
    let meters = Arc::clone(service.meters());
    tokio::spawn(async move {
        let mut ticks = interval(QUIET);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut watch = Watch::default();
        loop {
            ticks.tick().await;
            if watch.look(steps(&meters)) {
                allocator::give_back();
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
    busy: bool,
}

impl Watch {
    /// Whether there was work before the last look, and none since.
    fn look(&mut self, steps: u64) -> bool {
        let still = steps == self.seen;
        let over = still && self.busy;
        self.seen = steps;
        self.busy = !still;
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects a busy server from giving back what it needs at once, and an idle one from waking.
    #[test]
    fn memory_goes_back_once_when_work_is_over() {
        let mut watch = Watch::default();
        assert!(!watch.look(0), "there was none yet");
        assert!(!watch.look(3), "there is some");
        assert!(!watch.look(5), "and more");
        assert!(watch.look(5), "it is over");
        assert!(!watch.look(5), "it was given back");
        assert!(!watch.look(6));
        assert!(watch.look(6));
    }
}
