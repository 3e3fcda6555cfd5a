//! How large a batch is.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The weight of the newest batch in a mean. A handful of batches is enough to follow a change.
const NEWEST: f64 = 0.2;

/// How long a network takes for batches, by their size.
#[derive(Debug, Default)]
pub(crate) struct BatchTimes(Mutex<BTreeMap<usize, Duration>>);

/// The sizes that batches have: powers of two. libtorch prepares kernels for each size, and keeps
/// them; between two of these there is little to gain.
pub(crate) fn sizes(most: usize) -> impl DoubleEndedIterator<Item = usize> {
    (0..=most.max(1).ilog2()).map(|power| 1 << power)
}

/// How many of those that wait with these deadlines run at once: as many as one of the sizes says,
/// and as leave all of them their time. At least one, since what comes too late comes no earlier by
/// waiting.
pub(super) fn fitting(
    deadlines: &[Option<Instant>],
    most: usize,
    times: &BatchTimes,
    now: Instant,
) -> usize {
    let in_time = |&size: &usize| {
        let earliest = deadlines[..size].iter().flatten().min();
        earliest.is_none_or(|&deadline| now + times.expected(size) <= deadline)
    };
    sizes(most.min(deadlines.len())).rev().find(in_time).unwrap_or(1)
}

impl BatchTimes {
    /// Takes note of a batch.
    pub(crate) fn learn(&self, size: usize, took: Duration) {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        times
            .entry(size)
            .and_modify(|mean| *mean = mean.mul_f64(1.0 - NEWEST) + took.mul_f64(NEWEST))
            .or_insert(took);
    }

    /// How long a batch will take. A size that was never seen takes as much longer than the next
    /// smaller one as it is larger; nothing if none was seen.
    pub(super) fn expected(&self, size: usize) -> Duration {
        let times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = times.range(..=size).next_back();
        known.map_or(Duration::ZERO, |(&known, &took)| took.mul_f64(size as f64 / known as f64))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn times(learnt: &[(usize, u32)]) -> BatchTimes {
        let times = BatchTimes::default();
        learnt.iter().for_each(|&(size, millis)| times.learn(size, millis * MILLISECOND));
        times
    }

    #[test]
    fn sizes_are_powers_of_two() {
        assert_eq!(sizes(8).collect::<Vec<_>>(), [1, 2, 4, 8]);
        assert_eq!(sizes(7).collect::<Vec<_>>(), [1, 2, 4]);
    }

    #[test]
    fn without_deadlines_the_largest_size_runs() {
        let now = Instant::now();
        let fitting = |waiting, most| fitting(&vec![None; waiting], most, &times(&[]), now);
        assert_eq!([fitting(1, 8), fitting(3, 8), fitting(7, 8), fitting(40, 8)], [1, 2, 4, 8]);
        assert_eq!(fitting(40, 1), 1);
    }

    /// Protects a picture that is in a hurry from the company of others.
    #[test]
    fn a_batch_grows_as_far_as_the_deadlines_allow() {
        let now = Instant::now();
        let times = times(&[(1, 100), (2, 180)]);
        let with =
            |millis| fitting(&[Some(now + millis * MILLISECOND), None, None, None], 4, &times, now);
        assert_eq!(with(1000), 4);
        assert_eq!(with(359), 2, "a batch of four is expected to take 360");
        assert_eq!(with(179), 1);
        assert_eq!(with(1), 1, "nobody is helped by waiting");
        // The one in a hurry is the third, so two can go before it is their turn.
        let deadlines = [None, None, Some(now + 200 * MILLISECOND), None];
        assert_eq!(fitting(&deadlines, 4, &times, now), 2);
    }

    #[test]
    fn times_follow_a_change() {
        let times = times(&[(1, 100)]);
        (0..50).for_each(|_| times.learn(1, 10 * MILLISECOND));
        assert!(times.expected(1) < 11 * MILLISECOND);
    }

    proptest! {
        #[test]
        fn a_batch_is_never_empty_nor_too_large(waiting in 1_usize..100, most in 1_usize..40) {
            let size = fitting(&vec![None; waiting], most, &times(&[]), Instant::now());
            prop_assert!(size >= 1 && size <= waiting && size <= most && size.is_power_of_two());
        }
    }
}
