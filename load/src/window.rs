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

    /// Which part of the time from one moment to another lies in the window, from 0 to 1.
    pub(crate) fn part(&self, from: Instant, to: Instant) -> f64 {
        let inside = to.min(self.until).saturating_duration_since(from.max(self.from));
        let all = to.saturating_duration_since(from);
        if all.is_zero() {
            f64::from(u8::from(self.contains(to)))
        } else {
            inside.as_secs_f64() / all.as_secs_f64()
        }
    }

    pub(crate) fn contains(&self, moment: Instant) -> bool {
        (self.from..self.until).contains(&moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_half_inside_counts_half() {
        let second = Duration::from_secs(1);
        let start = Instant::now();
        let window = Window::new(start, second, 4 * second);
        let part = |from: u32, to: u32| window.part(start + from * second, start + to * second);
        assert_eq!(part(1, 5), 1.0);
        assert_eq!((part(0, 2), part(4, 6), part(0, 8)), (0.5, 0.5, 0.5));
        assert_eq!((part(0, 1), part(5, 6), part(2, 2)), (0.0, 0.0, 1.0));
    }
}
