//! How many threads a batch is worth.
//!
//! Threads that share an operator wait for each other at its end, spinning, and for some milliseconds
//! more for the next one to begin. That costs nothing on cores that nobody else wants. But while other
//! pictures are decoded, a network loses more than it gains: with two threads instead of one for
//! batches of 16 ms, two cores answer a fifth fewer pictures, and with batches of 72 ms a quarter more.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// Whether something else wants the cores while a batch runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    /// Nothing: the batch is all there is.
    Free,
    /// More pictures are on their way to the model, and have to be decoded and prepared.
    Shared,
}

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
    pub(super) fn threads(self, batch: usize, cores: Cores) -> NonZeroUsize {
        let work = self.alone.as_secs_f64() * batch as f64;
        let worth = (work / cores.worth().as_secs_f64()) as usize;
        NonZeroUsize::new(worth).unwrap_or(NonZeroUsize::MIN).min(self.most)
    }
}

impl Cores {
    /// For a batch that comes with others on their way, or without. Those who are answered together
    /// come back together, so that only a lone picture ever finds the cores free.
    pub fn for_batch(pictures: usize, others: bool) -> Self {
        if pictures == 1 && !others { Self::Free } else { Self::Shared }
    }

    /// How much work each thread must have.
    fn worth(self) -> Duration {
        match self {
            Self::Free => Duration::from_millis(4),
            Self::Shared => Duration::from_millis(15),
        }
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
        let threads = |millis, batch, cores| pace(millis).threads(batch, cores).get();
        assert_eq!(threads(2, 1, Cores::Free), 1);
        assert_eq!(threads(2, 8, Cores::Free), 4);
        assert_eq!(threads(2, 8, Cores::Shared), 1, "the others have to be decoded");
        assert_eq!(threads(2, 16, Cores::Shared), 2);
        assert_eq!(threads(10, 1, Cores::Free), 2);
        assert_eq!(threads(10, 1, Cores::Shared), 1);
        assert_eq!(threads(300, 1, Cores::Shared), 8, "never more than there are");
        assert_eq!(Pace::unknown(NonZeroUsize::MIN).threads(4, Cores::Free).get(), 1);
    }

    #[test]
    fn only_a_lone_picture_finds_free_cores() {
        assert_eq!(Cores::for_batch(1, false), Cores::Free);
        assert_eq!(Cores::for_batch(1, true), Cores::Shared);
        assert_eq!(Cores::for_batch(2, false), Cores::Shared);
    }

    #[test]
    fn what_takes_long_at_first_is_not_measured() {
        let all = Pace::unknown(NonZeroUsize::new(4).unwrap());
        let long = all.measure(2 * LONG, |_| Err("measured")).unwrap();
        assert_eq!(long.threads(1, Cores::Shared).get(), 4);
        let mut runs = 0;
        let short = all.measure(Duration::ZERO, |pace| {
            assert_eq!(pace.threads(100, Cores::Free).get(), 1, "measured on one thread");
            runs += 1;
            Ok::<_, ()>(())
        });
        assert_eq!((short.unwrap().threads(1, Cores::Free).get(), runs), (1, RUNS));
    }
}
