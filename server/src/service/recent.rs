//! What has been answered lately, for the page that shows how busy the server is.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Answers that the median is taken of.
const RECENT: usize = 101;
/// The time that counts as lately.
const MINUTE: Duration = Duration::from_secs(60);
/// Answers of the last minute that are remembered: more are not told apart.
const MOST: usize = 100_000;

/// Answers, by model and by time.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    recent: VecDeque<f64>,
    models: BTreeMap<String, Answers>,
}

#[derive(Debug, Default)]
struct Answers {
    all: u64,
    last_minute: VecDeque<Instant>,
}

impl Recent {
    /// Counts an answer that took this many milliseconds.
    pub(super) fn count(&self, model: &str, ms: f64) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.recent.len() == RECENT {
            counted.recent.pop_front();
        }
        counted.recent.push_back(ms);
        let answers = counted.models.entry(model.to_owned()).or_default();
        answers.all += 1;
        answers.forget();
        answers.last_minute.push_back(Instant::now());
    }

    /// The median of the last answers' times, in milliseconds.
    pub(super) fn median(&self) -> Option<f64> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut times: Vec<_> = counted.recent.iter().copied().collect();
        drop(counted);
        times.sort_unstable_by(f64::total_cmp);
        times.get(times.len() / 2).copied()
    }

    /// How many pictures the model answered, in all and in the last minute.
    pub(super) fn answered(&self, model: &str) -> (u64, u32) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.models.get_mut(model).map_or((0, 0), |answers| {
            answers.forget();
            (answers.all, answers.last_minute.len() as u32)
        })
    }
}

impl Answers {
    fn forget(&mut self) {
        while self.last_minute.len() >= MOST
            || self.last_minute.front().is_some_and(|then| then.elapsed() > MINUTE)
        {
            self.last_minute.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_model_and_takes_the_median_of_the_latest() {
        let tally = Recent::default();
        assert_eq!((tally.median(), tally.answered("a")), (None, (0, 0)));
        for ms in [1.0, 1000.0, 3.0] {
            tally.count("a", ms);
        }
        tally.count("b", 2.0);
        assert_eq!(tally.median(), Some(3.0));
        assert_eq!((tally.answered("a"), tally.answered("b")), ((3, 3), (1, 1)));
        for _ in 0..RECENT {
            tally.count("b", 7.0);
        }
        assert_eq!(tally.median(), Some(7.0), "the first ones are forgotten");
    }
}
