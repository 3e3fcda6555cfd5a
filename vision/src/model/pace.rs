//! How many threads a batch is worth.
//!
//! Threads that share an operator wait for each other at its end, spinning. A small network gains
//! microseconds by them on an idle machine, and loses milliseconds whenever something else has one
//! of the cores, such as the decoding of the next picture.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// How much work each thread must have.
const WORTH: Duration = Duration::from_millis(10);

/// A network that takes longer than this at first has work enough and is not measured.
const LONG: Duration = Duration::from_millis(250);

/// The shortest of so many runs counts: a busy machine only makes them longer.
const RUNS: usize = 3;

/// What a picture takes, and how many threads there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    most: NonZeroUsize,
    /// What a picture takes on one thread.
    alone: Duration,
}

impl Pace {
    /// For a network of which nothing is known.
    pub(super) fn unknown(most: NonZeroUsize) -> Self {
        Self { most, alone: Duration::MAX }
    }

    /// Takes the time of a network, unless it needed so long for its first picture that it is clear.
    pub(super) fn measure<E>(
        self,
        first: Duration,
        mut run: impl FnMut(Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        if first > LONG {
            return Ok(self);
        }
        let mut alone = Duration::MAX;
        for _ in 0..RUNS {
            let start = Instant::now();
            run(Self { alone: Duration::ZERO, ..self })?;
            alone = alone.min(start.elapsed());
        }
        Ok(Self { alone, ..self })
    }

    /// Threads for a batch of so many pictures.
    pub(super) fn threads(self, batch: usize) -> NonZeroUsize {
        let work = self.alone.as_secs_f64() * batch as f64;
        let worth = (work / WORTH.as_secs_f64()) as usize;
        NonZeroUsize::new(worth).unwrap_or(NonZeroUsize::MIN).min(self.most)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn pace(millis: u64) -> Pace {
        Pace { most: NonZeroUsize::new(8).unwrap(), alone: Duration::from_millis(millis) }
    }

    /// Protects small networks from threads that only wait for each other.
    #[test]
    fn each_thread_has_work() {
        assert_eq!(pace(2).threads(1).get(), 1);
        assert_eq!(pace(2).threads(8).get(), 1);
        assert_eq!(pace(2).threads(16).get(), 3);
        assert_eq!(pace(300).threads(1).get(), 8, "never more than there are");
        assert_eq!(Pace::unknown(NonZeroUsize::MIN).threads(4).get(), 1);
    }

    #[test]
    fn what_takes_long_at_first_is_not_measured() {
        let all = Pace::unknown(NonZeroUsize::new(4).unwrap());
        let long = all.measure(2 * LONG, |_| Err("measured")).unwrap();
        assert_eq!(long.threads(1).get(), 4);
        let mut runs = 0;
        let short = all.measure(Duration::ZERO, |pace| {
            assert_eq!(pace.threads(100).get(), 1, "measured on one thread");
            runs += 1;
            Ok::<_, ()>(())
        });
        assert_eq!((short.unwrap().threads(1).get(), runs), (1, RUNS));
    }
}
