//! Who has how many of the places, so that nobody has all of them while others want some.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::promises::Promises;

/// The part of the places that is kept for those who have less than their share, or were told to come
/// back. The rest is work enough if they do not.
const RESERVE: usize = 4;
/// The weight of the latest place in the mean time between two that become free.
const NEWEST: f64 = 0.05;

/// A number of places, and who holds them.
///
/// Whoever comes is let in while there is plenty. The last quarter is only for those who hold less
/// than they would if all who hold any had the same: so one who floods the house leaves room for
/// others, and has all of it while there are none.
///
/// Whoever is refused is told when to come back, and goes before those who come for the first time
/// then, unless these have less than their share.
#[derive(Debug)]
pub(in crate::service) struct Shares {
    total: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    clients: HashMap<u64, usize>,
    models: HashMap<u64, usize>,
    promises: Promises,
    /// When a place became free last, and how long it has taken of late until one did, while most
    /// of them were taken.
    freed: Option<Instant>,
    each: Option<Duration>,
}

/// Some places, free again when this is dropped.
#[derive(Debug)]
pub(in crate::service) struct Places {
    shares: Arc<Shares>,
    client: u64,
    model: u64,
    number: usize,
}

impl Shares {
    /// So many places, all free.
    pub(in crate::service) fn new(total: usize) -> Arc<Self> {
        Arc::new(Self { total, held: Mutex::default() })
    }

    /// Takes places for a client and a model, or none.
    pub(in crate::service) fn take(
        self: &Arc<Self>,
        client: u64,
        model: u64,
        number: usize,
        now: Instant,
    ) -> Option<Places> {
        let mut held = self.held();
        let was_told = held.promises.redeem(client, now);
        let free = self.total.checked_sub(held.all + number)?;
        let plenty = free >= self.total / RESERVE;
        let due = || {
            // Those who were told to come back count as if they were there.
            let clients = held.clients.len().max(held.promises.clients());
            has_share(&held.clients, clients, client, number, self.total)
                && has_share(&held.models, held.models.len(), model, number, self.total)
        };
        // Who has places already must leave the last ones to others all the same.
        let goes_first = was_told && !held.clients.contains_key(&client);
        if !plenty && !goes_first && !due() {
            return None;
        }
        held.all += number;
        *held.clients.entry(client).or_default() += number;
        *held.models.entry(model).or_default() += number;
        Some(Places { shares: Arc::clone(self), client, model, number })
    }

    /// Promises places to a client that was refused; returns for how long it should stay away.
    /// `wait` is how long it takes until all are free, if it has not been measured for each.
    pub(in crate::service) fn promise(
        &self,
        client: u64,
        number: usize,
        wait: Duration,
        now: Instant,
    ) -> Duration {
        let mut held = self.held();
        let pace = (self.total / RESERVE, held.each.unwrap_or(wait / self.total as u32));
        Duration::from_secs(held.promises.make(client, number, pace, now))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Nothing that can panic runs under the lock.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether one would have no more than the same as all others, of whom there are so many.
fn has_share(
    held: &HashMap<u64, usize>,
    holders: usize,
    one: u64,
    number: usize,
    total: usize,
) -> bool {
    let own = held.get(&one).copied();
    let holders = holders + usize::from(own.is_none());
    own.unwrap_or_default() + number <= total / holders
}

impl Held {
    /// Learns how fast places become free, while it is not for want of guests.
    fn free(&mut self, number: usize, total: usize, now: Instant) {
        let last = self.freed.replace(now);
        if self.all * 2 < total {
            self.freed = None;
        } else if let Some(last) = last {
            let took = now.saturating_duration_since(last) / number as u32;
            let mean = |mean: Duration| mean.mul_f64(1.0 - NEWEST) + took.mul_f64(NEWEST);
            self.each = Some(self.each.map_or(took, mean));
        }
    }
}

impl Places {
    pub(super) fn leave(&mut self, now: Instant) {
        let number = std::mem::take(&mut self.number);
        if number > 0 {
            let mut held = self.shares.held();
            held.free(number, self.shares.total, now);
            held.all -= number;
            give_back(&mut held.clients, self.client, number);
            give_back(&mut held.models, self.model, number);
        }
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        self.leave(Instant::now());
    }
}

/// Those who hold nothing are forgotten, or strangers would be remembered for ever.
fn give_back(held: &mut HashMap<u64, usize>, one: u64, number: usize) {
    if let Some(places) = held.get_mut(&one) {
        *places -= number;
        if *places == 0 {
            held.remove(&one);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MODEL: u64 = 0;

    /// Takes places one by one until there is none.
    fn flood(shares: &Arc<Shares>, client: u64, model: u64) -> Vec<Places> {
        std::iter::from_fn(|| shares.take(client, model, 1, Instant::now())).collect()
    }

    #[test]
    fn who_is_alone_has_the_house() {
        let shares = Shares::new(40);
        let all = flood(&shares, 1, MODEL);
        assert_eq!(all.len(), 40);
        assert!(shares.take(2, MODEL, 1, Instant::now()).is_none(), "there is none left");
        let places = Shares::new(40).take(1, MODEL, 40, Instant::now());
        assert!(places.is_some(), "all at once");
    }

    /// Protects a client from another one's flood.
    #[test]
    fn a_flood_leaves_room_for_others() {
        let shares = Shares::new(40);
        let _quiet = shares.take(2, MODEL, 1, Instant::now()).unwrap();
        let many = flood(&shares, 1, MODEL);
        assert_eq!(many.len(), 29, "up to the last quarter");
        assert_eq!(flood(&shares, 2, MODEL).len(), 10, "which others have");
        drop(many);
        assert_eq!(shares.held().all, 1);
    }

    /// Protects it from one who comes back, too.
    #[test]
    fn a_flood_that_does_what_it_is_told_leaves_room_for_others() {
        let (shares, now) = (Shares::new(40), Instant::now());
        let flood =
            |now| -> Vec<_> { std::iter::from_fn(|| shares.take(1, MODEL, 1, now)).collect() };
        let _quiet = shares.take(2, MODEL, 1, now).unwrap();
        let _many = flood(now);
        for _ in 0..40 {
            let _ = shares.promise(1, 1, Duration::from_millis(400), now);
        }
        let later = now + Duration::from_secs(2);
        assert!(flood(later).is_empty());
        assert!(shares.take(3, MODEL, 1, later).is_some());
    }

    #[test]
    fn a_model_that_everybody_wants_leaves_room_for_the_others() {
        let shares = Shares::new(40);
        let _quiet = shares.take(1000, 7, 1, Instant::now()).unwrap();
        let crowd: Vec<_> =
            (0..100).filter_map(|client| shares.take(client, MODEL, 1, Instant::now())).collect();
        assert_eq!(crowd.len(), 29);
        assert!(shares.take(1001, 7, 1, Instant::now()).is_some());
    }

    #[test]
    fn who_has_gone_is_forgotten() {
        let shares = Shares::new(8);
        (0..100).for_each(|client| drop(shares.take(client, client, 2, Instant::now())));
        let held = shares.held();
        assert!(held.clients.is_empty() && held.models.is_empty() && held.all == 0);
    }

    proptest! {
        #[test]
        fn never_more_than_there_are(
            asks in prop::collection::vec((0_u64..4, 0_u64..3, 1_usize..6, any::<bool>()), 0..60),
        ) {
            let shares = Shares::new(16);
            let mut kept = Vec::new();
            for (client, model, number, keep) in asks {
                kept.extend(shares.take(client, model, number, Instant::now()).filter(|_| keep));
                let sum: usize = kept.iter().map(|places: &Places| places.number).sum();
                prop_assert_eq!(shares.held().all, sum);
                prop_assert!(sum <= 16);
            }
        }
    }
}
