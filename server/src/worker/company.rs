//! Whether a batch waits for pictures that are on their way to it.
//!
//! A lone picture never waits, and neither does the first after a pause. But where pictures come as
//! fast as they are answered, those that were decoded a moment too late for one batch miss every
//! other, and their decoding takes the cores from the batch that runs. So the worker stands still for
//! a small part of the time that it has just worked, if the next size of a batch will be full by then.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::batch;

/// The part of its time for which the worker may stand still.
const STILL: f64 = 0.05;

/// The part within which somebody must have come: whether they do is only known from those before them.
const COME: f64 = 0.03;

/// The weight of the newest in the mean time of preparing.
const NEWEST: f64 = 0.2;

/// The weight of the newest in the mean number of those who come back: two batches tell.
const NEWEST_BATCH: f64 = 0.75;

/// The pictures for one model that are being prepared, and what is known of how they come.
#[derive(Debug, Default)]
pub(crate) struct Company(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Pictures that are being prepared, or wait.
    coming: usize,
    /// How long preparing one takes, the wait for a thread included.
    preparing: Duration,
    /// When the last batch ended, and how long it ran.
    last: Option<(Instant, Duration)>,
    /// Pictures that have come since then, soon enough to be ready in time, and how many do on
    /// average.
    returned: usize,
    returning: f64,
}

/// A picture from when it is being prepared until it runs, which is when this is dropped: between the
/// two it is never missed, nor taken for another.
#[derive(Debug)]
pub(crate) struct Coming {
    company: Arc<Company>,
    since: Instant,
}

impl Company {
    /// Says that a picture is being prepared from now on.
    pub(crate) fn announce(self: &Arc<Self>, now: Instant) -> Coming {
        let mut state = self.state();
        state.coming += 1;
        if !state.time_to_come(now).is_zero() {
            state.returned += 1;
        }
        Coming { company: Arc::clone(self), since: now }
    }

    /// Whether pictures are being prepared, or wait.
    pub(super) fn expects(&self) -> bool {
        self.state().coming > 0
    }

    /// Takes note of a batch that ends now.
    pub(super) fn ended(&self, now: Instant, ran: Duration) {
        let mut state = self.state();
        let returned = std::mem::take(&mut state.returned) as f64;
        state.returning += NEWEST_BATCH * (returned - state.returning);
        state.last = Some((now, ran));
    }

    /// For how long a batch of so many waits, of whom so many were announced, if as many as `most` may
    /// run together.
    pub(super) fn patience(
        &self,
        waiting: usize,
        announced: usize,
        most: usize,
        now: Instant,
    ) -> Duration {
        let state = self.state();
        let Some(missing) = missing(waiting, most) else { return Duration::ZERO };
        // Those who have come back are here already, or on their way.
        let returning = (state.returning.round() as usize).saturating_sub(state.returned);
        let coming = state.coming.saturating_sub(announced);
        if missing <= coming {
            state.time_to_be_ready(now)
        } else if missing <= coming + returning {
            state.time_to_come(now)
        } else {
            Duration::ZERO
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// In which time a picture must come that the worker would wait for.
    fn time_to_come(&self, now: Instant) -> Duration {
        self.left(COME, now).min(self.left(STILL, now).saturating_sub(self.preparing))
    }

    /// In which time one that is being prepared must be ready; none if such a time is never enough.
    fn time_to_be_ready(&self, now: Instant) -> Duration {
        let Some((_, ran)) = self.last else { return Duration::ZERO };
        if ran.mul_f64(STILL) > self.preparing { self.left(STILL, now) } else { Duration::ZERO }
    }

    /// What is left of a part of the time that the last batch ran for.
    fn left(&self, part: f64, now: Instant) -> Duration {
        let Some((end, ran)) = self.last else { return Duration::ZERO };
        ran.mul_f64(part).saturating_sub(now.saturating_duration_since(end))
    }
}

/// How many are missing for the next larger size of a batch, if there is one.
fn missing(waiting: usize, most: usize) -> Option<usize> {
    batch::sizes(most).find(|&size| size > waiting).map(|size| size - waiting)
}

impl Coming {
    /// Takes note that the picture is prepared.
    pub(crate) fn is_ready(&self) {
        let took = self.since.elapsed();
        let mut state = self.company.state();
        state.preparing = state.preparing.mul_f64(1.0 - NEWEST) + took.mul_f64(NEWEST);
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        self.company.state().coming -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Where a batch of 400 ms has just ended, which is worth 20, and 12 for those who are not there.
    fn after_a_batch(now: Instant) -> Arc<Company> {
        let company = Arc::<Company>::default();
        company.ended(now, 400 * MS);
        company
    }

    fn announced(company: &Arc<Company>, pictures: usize, now: Instant) -> Vec<Coming> {
        (0..pictures).map(|_| company.announce(now)).collect()
    }

    #[test]
    fn pictures_that_fill_the_next_size_are_waited_for() {
        let now = Instant::now();
        let company = after_a_batch(now);
        let coming = announced(&company, 4, now + MS);
        assert_eq!(company.patience(4, 0, 8, now + 2 * MS), 18 * MS);
        assert_eq!(company.patience(4, 0, 8, now + 19 * MS), MS);
        assert_eq!(company.patience(4, 0, 8, now + 20 * MS), Duration::ZERO, "not for longer");
        assert_eq!(company.patience(1, 0, 8, now + 2 * MS), 18 * MS);
        assert_eq!(company.patience(3, 0, 8, now + 2 * MS), 18 * MS);
        assert_eq!(company.patience(5, 1, 8, now + 2 * MS), 18 * MS);
        assert_eq!(
            company.patience(5, 2, 8, now + 2 * MS),
            Duration::ZERO,
            "these are among the five"
        );
        assert!(company.expects());
        drop(coming);
        assert!(!company.expects());
        assert_eq!(
            company.patience(1, 0, 8, now + 2 * MS),
            Duration::ZERO,
            "they are here, or lost"
        );
    }

    #[test]
    fn too_few_are_not_waited_for() {
        let now = Instant::now();
        let company = after_a_batch(now);
        let _coming = announced(&company, 3, now + MS);
        let patience = |waiting, most| company.patience(waiting, 0, most, now + 2 * MS);
        assert_eq!(patience(4, 8), Duration::ZERO, "a batch of seven runs as four");
        assert_eq!(patience(4, 4), Duration::ZERO, "there is no larger size");
        assert_eq!(patience(5, 7), Duration::ZERO, "nor here");
    }

    /// Protects whoever asks alone, or after a pause.
    #[test]
    fn a_worker_that_had_nothing_to_do_begins_at_once() {
        let now = Instant::now();
        let fresh = Arc::<Company>::default();
        let _coming = announced(&fresh, 1, now);
        assert_eq!(fresh.patience(1, 0, 8, now), Duration::ZERO);
        let company = after_a_batch(now);
        assert_eq!(company.patience(1, 0, 8, now + 2 * MS), Duration::ZERO, "nobody else comes");
        let _coming = announced(&company, 4, now + 21 * MS);
        assert_eq!(company.patience(4, 0, 8, now + 21 * MS), Duration::ZERO);
    }

    /// Protects small networks, which have run in less time than a picture is decoded in.
    #[test]
    fn pictures_that_take_too_long_are_not_waited_for() {
        let now = Instant::now();
        let company = after_a_batch(now);
        let _coming = announced(&company, 4, now + MS);
        company.state().preparing = 19 * MS;
        assert_eq!(company.patience(4, 0, 8, now + 2 * MS), 18 * MS);
        company.state().preparing = 20 * MS;
        assert_eq!(company.patience(4, 0, 8, now + 2 * MS), Duration::ZERO);
    }

    #[test]
    fn those_who_come_back_are_looked_out_for() {
        let mut now = Instant::now();
        let company = after_a_batch(now);
        assert_eq!(company.patience(4, 0, 8, now), Duration::ZERO, "nobody is known to come back");
        for _ in 0..2 {
            drop(announced(&company, 4, now + 2 * MS));
            now += 400 * MS;
            company.ended(now, 400 * MS);
        }
        let patience = |waiting, most, after| company.patience(waiting, 0, most, now + after);
        assert_eq!(patience(4, 8, MS), 11 * MS);
        assert_eq!(patience(4, 8, 12 * MS), Duration::ZERO, "they did not come");
        assert_eq!([patience(2, 8, MS), patience(1, 2, MS), patience(3, 16, MS)], [11 * MS; 3]);
        assert_eq!(patience(9, 16, MS), Duration::ZERO, "seven would be missing");
        company.state().preparing = 10 * MS;
        assert_eq!(patience(4, 8, MS), 9 * MS, "ten more to prepare them");
    }

    /// Protects a client that asks again and again from being taken for another.
    #[test]
    fn who_comes_back_does_not_wait_for_itself() {
        let mut now = Instant::now();
        let company = after_a_batch(now);
        for _ in 0..20 {
            drop(announced(&company, 1, now + MS));
            assert_eq!(company.patience(1, 0, 8, now + 2 * MS), Duration::ZERO);
            now += 400 * MS;
            company.ended(now, 400 * MS);
        }
    }
}
