//! What has been answered lately, for the page that shows how busy the server is.

use std::{
    cmp::Reverse,
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Answers that the median is taken of.
pub(super) const RECENT: usize = 101;
/// The time that counts as lately.
const MINUTE: Duration = Duration::from_secs(60);
/// Answers of the last minute that are remembered: more are not told apart.
const MOST: usize = 100_000;

/// The latest answers for a model, the oldest first: when each was there, and how long it took.
#[derive(Debug, Default)]
pub(super) struct Lately(VecDeque<(Instant, Duration)>);

impl Lately {
    /// Counts an answer that took so long.
    pub(super) fn answered(&mut self, took: Duration) {
        let now = Instant::now();
        let spare = |it: &VecDeque<(Instant, Duration)>| {
            it.len() >= RECENT && it.front().is_some_and(|(then, _)| now - *then > MINUTE)
        };
        while self.0.len() >= MOST || spare(&self.0) {
            self.0.pop_front();
        }
        self.0.push_back((now, took));
    }

    /// How many of them came in the last minute.
    pub(super) fn last_minute(&self) -> usize {
        self.0.len() - self.0.partition_point(|(then, _)| then.elapsed() > MINUTE)
    }

    /// The latest of them, the youngest first.
    pub(super) fn latest(&self) -> impl Iterator<Item = (Instant, Duration)> + '_ {
        self.0.iter().rev().take(RECENT).copied()
    }
}

/// The median of the latest answers' times.
pub(super) fn median(mut answers: Vec<(Instant, Duration)>) -> Option<Duration> {
    answers.sort_unstable_by_key(|(then, _)| Reverse(*then));
    answers.truncate(RECENT);
    answers.sort_unstable_by_key(|(_, took)| *took);
    answers.get(answers.len() / 2).map(|(_, took)| *took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_that_of_the_latest_of_all_models() {
        let (mut a, mut b) = (Lately::default(), Lately::default());
        let seconds = |lately: &mut Lately, n| lately.answered(Duration::from_secs(n));
        let median = |a: &Lately, b: &Lately| median(a.latest().chain(b.latest()).collect());
        assert_eq!((median(&a, &b), a.last_minute()), (None, 0));
        for n in [1, 1000, 3] {
            seconds(&mut a, n);
        }
        seconds(&mut b, 2);
        assert_eq!(median(&a, &b), Some(Duration::from_secs(3)));
        assert_eq!((a.last_minute(), b.last_minute()), (3, 1));
        for _ in 0..RECENT {
            seconds(&mut b, 7);
        }
        assert_eq!(median(&a, &b), Some(Duration::from_secs(7)), "the first ones are forgotten");
    }
}
