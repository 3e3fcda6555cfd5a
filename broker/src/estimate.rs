use std::time::{Duration, Instant};

/// What a wait is taken to be while nothing has been measured.
const UNMEASURED: Duration = Duration::from_secs(1);

/// The weight of the newest batch in the means. A handful of batches is enough to follow a change.
const NEWEST: f64 = 0.2;

/// Batches that take less than this take less than to wake a thread for them.
const QUICK: Duration = Duration::from_micros(20);

/// Measures how long batches take and tells from it how long a new request would wait.
#[derive(Debug, Default)]
pub(crate) struct Estimate {
    means: Option<Means>,
    /// Since when the pipeline has been busy with a batch.
    busy_since: Option<Instant>,
}

/// Moving averages in seconds. Both are needed: what runs is one batch, and what waits will be
/// run in batches as large as those of late.
#[derive(Debug, Clone, Copy)]
struct Means {
    batch: f64,
    request: f64,
    /// The share of batches that were quick. Not the mean time is looked at: one batch in which the
    /// thread lost its core for a while outweighs many.
    quick: f64,
}

impl Estimate {
    pub(crate) fn started(&mut self, now: Instant) {
        self.busy_since = Some(now);
    }

    pub(crate) fn finished(&mut self, size: usize, ran: Duration) {
        self.busy_since = None;
        let batch = ran.as_secs_f64();
        let request = batch / size.max(1) as f64;
        let quick = if ran < QUICK { 1.0 } else { 0.0 };
        let mean = |old: f64, new: f64| old + NEWEST * (new - old);
        self.means = Some(match self.means {
            None => Means { batch, request, quick },
            Some(old) => Means {
                batch: mean(old.batch, batch),
                request: mean(old.request, request),
                quick: mean(old.quick, quick),
            },
        });
    }

    /// Whether most batches of late took less time than to wake a thread.
    pub(crate) fn is_quick(&self) -> bool {
        self.means.is_some_and(|means| means.quick > 0.5)
    }

    /// For how long the pipeline has been busy with a batch, if it is.
    pub(crate) fn busy(&self, now: Instant) -> Option<Duration> {
        self.busy_since.map(|since| now.saturating_duration_since(since))
    }

    /// How long a request would wait behind what runs and `queued` others.
    pub(crate) fn wait(&self, queued: usize, now: Instant) -> Duration {
        let Some(means) = self.means else {
            let idle = self.busy_since.is_none() && queued == 0;
            return if idle { Duration::ZERO } else { UNMEASURED };
        };
        let remaining = self.busy_since.map_or(0.0, |since| {
            // A batch that overruns is expected to need as much again as it is late: the guess
            // grows with a hanging batch instead of promising that it ends at once.
            (means.batch - now.saturating_duration_since(since).as_secs_f64()).abs()
        });
        let wait = remaining + means.request * queued as f64;
        Duration::try_from_secs_f64(wait).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn nothing_measured_is_a_second_unless_idle() {
        let mut estimate = Estimate::default();
        let now = Instant::now();
        assert_eq!(estimate.wait(0, now), Duration::ZERO);
        estimate.started(now);
        assert_eq!(estimate.wait(0, now), UNMEASURED);
        assert_eq!(estimate.wait(50, now), UNMEASURED);
    }

    #[test]
    fn the_wait_is_the_rest_of_the_batch_and_the_queue() {
        let mut estimate = Estimate::default();
        let now = Instant::now();
        estimate.finished(4, 8 * SECOND);
        assert_eq!(estimate.wait(0, now), Duration::ZERO);
        assert_eq!(estimate.wait(3, now), 6 * SECOND);
        estimate.started(now);
        assert_eq!(estimate.wait(3, now + 3 * SECOND), 11 * SECOND);
    }

    #[test]
    fn an_overrunning_batch_is_not_said_to_end_at_once() {
        let mut estimate = Estimate::default();
        let now = Instant::now();
        estimate.finished(1, SECOND);
        estimate.started(now);
        assert_eq!(estimate.wait(0, now + 10 * SECOND), 9 * SECOND);
    }

    #[test]
    fn quick_is_what_was_so_of_late() {
        let mut estimate = Estimate::default();
        assert!(!estimate.is_quick(), "nothing is measured");
        estimate.finished(1, QUICK / 2);
        assert!(estimate.is_quick());
        estimate.finished(1, SECOND);
        assert!(estimate.is_quick(), "once says little");
        (0..3).for_each(|_| estimate.finished(1, SECOND));
        assert!(!estimate.is_quick());
    }

    #[test]
    fn the_means_follow_a_change() {
        let mut estimate = Estimate::default();
        estimate.finished(1, 10 * SECOND);
        for _ in 0..50 {
            estimate.finished(1, SECOND);
        }
        let wait = estimate.wait(1, Instant::now());
        assert!(wait < SECOND + SECOND / 100, "{wait:?}");
    }
}
