//! When requests are due in an open loop.

use std::time::Duration;

/// How requests are spread over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrivals {
    /// At random and independent of each other, as those of many strangers: the gaps are
    /// exponentially distributed.
    Poisson,
    /// At equal distances.
    Uniform,
}

/// The moments when requests are due, from the start, without an end. Each is made when it is
/// asked for, but none depends on anything that happens.
#[derive(Debug)]
pub(crate) struct Schedule {
    arrivals: Arrivals,
    /// Mean distance in seconds.
    gap: f64,
    random: fastrand::Rng,
    /// Seconds from the start to the next request.
    next: f64,
}

impl Schedule {
    /// The part of one of `threads` threads: so many requests a second for all of them together.
    pub(crate) fn new(
        rate: f64,
        arrivals: Arrivals,
        seed: u64,
        thread: usize,
        threads: usize,
    ) -> Self {
        let gap = threads as f64 / rate;
        let random = fastrand::Rng::with_seed(seed.wrapping_add(thread as u64));
        let mut schedule = Self { arrivals, gap, random, next: 0.0 };
        schedule.next = match arrivals {
            // Arrivals of several Poisson processes are one again.
            Arrivals::Poisson => schedule.distance(),
            Arrivals::Uniform => gap * (thread + 1) as f64 / threads as f64,
        };
        schedule
    }

    fn distance(&mut self) -> f64 {
        match self.arrivals {
            // By inversion of the distribution function; `f64()` is below 1, so the logarithm is
            // finite.
            Arrivals::Poisson => -(1.0 - self.random.f64()).ln() * self.gap,
            Arrivals::Uniform => self.gap,
        }
    }
}

impl Iterator for Schedule {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let due = self.next;
        self.next += self.distance();
        Some(Duration::from_secs_f64(due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(arrivals: Arrivals, seed: u64, thread: usize, threads: usize) -> Vec<Duration> {
        let schedule = Schedule::new(1000.0, arrivals, seed, thread, threads);
        schedule.take_while(|due| *due < Duration::from_secs(20)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_arrivals() {
        assert_eq!(due(Arrivals::Poisson, 7, 0, 1), due(Arrivals::Poisson, 7, 0, 1));
        assert_ne!(due(Arrivals::Poisson, 7, 0, 1), due(Arrivals::Poisson, 8, 0, 1));
    }

    #[test]
    fn gaps_are_exponential_and_give_the_rate() {
        let due = due(Arrivals::Poisson, 1, 0, 1);
        // The standard deviation of a count of 20 000 is 141.
        assert!((19_300..20_700).contains(&due.len()), "{}", due.len());
        let gaps: Vec<f64> = due.windows(2).map(|w| (w[1] - w[0]).as_secs_f64()).collect();
        let long = gaps.iter().filter(|gap| **gap > 0.001).count() as f64 / gaps.len() as f64;
        // The share of gaps above the mean is 1/e.
        assert!((long - 0.368).abs() < 0.02, "{long}");
    }

    #[test]
    fn threads_share_the_rate() {
        let mut all: Vec<Duration> =
            (0..4).flat_map(|thread| due(Arrivals::Uniform, 1, thread, 4)).collect();
        all.sort();
        assert!((19_990..=20_000).contains(&all.len()), "{}", all.len());
        let even =
            |w: &[Duration]| (w[1] - w[0]).abs_diff(Duration::from_millis(1)).as_nanos() < 100;
        assert!(all.windows(2).all(even));
    }
}
