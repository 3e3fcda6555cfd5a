//! The time that is measured.

use std::time::{Duration, Instant};

/// From the end of the warm-up to the end of the measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) from: Instant,
    pub(crate) until: Instant,
}

impl Window {
    pub(crate) fn new(start: Instant, warm_up: Duration, duration: Duration) -> Self {
        let from = start + warm_up;
        Self { from, until: from + duration }
    }

    pub(crate) fn contains(&self, moment: Instant) -> bool {
        (self.from..self.until).contains(&moment)
    }
}
