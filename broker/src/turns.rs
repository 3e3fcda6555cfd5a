//! Whose turn it is, when several want more than there is.

use std::collections::HashMap;

/// Flows beyond which those that owe nothing are forgotten.
const REMEMBERED: usize = 64;

/// Gives the requests of several flows turns: one of each, then the next of each, however many one
/// of them has sent at once.
///
/// Start-time fair queueing (Goyal, Vin and Cheng, 1996) with requests of equal length: a request
/// starts when the one before it in its flow is done, or now, by a clock that goes with the
/// requests that are begun. They are begun in the order of their starts.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    now: u64,
    /// When the latest request of a flow is done.
    done: HashMap<u64, u64>,
}

impl Turns {
    /// The start of the next request of a flow.
    pub(crate) fn next(&mut self, flow: u64) -> u64 {
        if self.done.len() > REMEMBERED {
            let now = self.now;
            self.done.retain(|_, done| *done > now);
        }
        let start = self.done.get(&flow).copied().unwrap_or_default().max(self.now);
        self.done.insert(flow, start + 1);
        start
    }

    /// A request with this start is begun.
    pub(crate) fn begin(&mut self, start: u64) {
        self.now = self.now.max(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_take_turns() {
        let mut turns = Turns::default();
        let many: Vec<_> = (0..4).map(|_| turns.next(1)).collect();
        assert_eq!(many, [0, 1, 2, 3]);
        assert_eq!((turns.next(2), turns.next(2)), (0, 1), "not behind all of the other's");
    }

    #[test]
    fn nobody_saves_turns_up() {
        let mut turns = Turns::default();
        (0..10).for_each(|_| {
            let start = turns.next(1);
            turns.begin(start);
        });
        assert_eq!(turns.next(2), turns.next(1) - 1, "one who was away is not before all others");
    }

    #[test]
    fn flows_that_are_done_are_forgotten() {
        let mut turns = Turns::default();
        for flow in 0..10_000 {
            let start = turns.next(flow);
            turns.begin(start + 1);
        }
        assert!(turns.done.len() <= REMEMBERED + 1, "{}", turns.done.len());
    }
}
