//! When those who were refused may come back, so that there is a place for them then.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::{Duration, Instant},
};

/// For how long a place is kept after the second that was said.
const GRACE: Duration = Duration::from_secs(1);
/// Clocks and timers that go a little fast are forgiven.
const EARLY: Duration = Duration::from_millis(50);
/// No place is taken to need longer until it is free, or sums would overflow.
const LONGEST: Duration = Duration::from_secs(60);
/// Those who are told to come within this time come together.
const MOMENT: Duration = Duration::from_millis(50);
/// Nobody is sent away for longer, in seconds: who is told more does not come back.
const FURTHEST: u64 = 60;
/// Promises that are remembered. A client that was given none may still come back, as anybody may.
const MOST: usize = 4096;
/// The weight of the latest promise in the share of those that are kept up by whoever was given
/// them.
const NEWEST: f64 = 0.05;
/// The share is never taken to be less, or one crowd that comes back would meet another.
const FEW: f64 = 0.02;

/// Who was told to come back when. It is a queue outside of the door: around any time only as many
/// are told to come as there will be places, judged by how fast these become free and by how many
/// of those who were told have come back of late.
#[derive(Debug)]
pub(super) struct Promises {
    /// From when on each place is kept, with a number that tells equal times apart.
    due: BTreeMap<Due, Promised>,
    /// The same by client, the earliest first.
    clients: HashMap<u64, VecDeque<Due>>,
    /// How many places are promised from each moment since the start on.
    crowds: BTreeMap<u64, usize>,
    start: Instant,
    next: u64,
    /// The share of those who come back.
    returning: f64,
}

type Due = (Instant, u64);

#[derive(Debug)]
struct Promised {
    client: u64,
    places: usize,
}

impl Default for Promises {
    fn default() -> Self {
        let (due, clients, crowds) = Default::default();
        Self { due, clients, crowds, start: Instant::now(), next: 0, returning: 1.0 }
    }
}

impl Promises {
    /// Promises places to a client. `kept` are kept for those who were told to come, and `each` is
    /// how long it takes until one more is free. Returns for how long to stay away, in seconds.
    pub(super) fn make(
        &mut self,
        client: u64,
        places: usize,
        (kept, each): (usize, Duration),
        now: Instant,
    ) -> u64 {
        self.forget(now);
        let own = self.clients.get(&client);
        if let Some((last, _)) = own.filter(|own| own.len() >= kept).and_then(VecDeque::back) {
            // One client's flood must not send others away for long.
            return last.saturating_duration_since(now).as_secs() + 1;
        }
        let most = (kept as f64 / self.returning) as usize;
        // As many in twice the time that they take: the rest is for whoever comes first.
        let around = each.min(LONGEST) * kept as u32;
        let has_room = |away: &u64| {
            let then = now + Duration::from_secs(*away);
            let others = self.crowd(then - around, then + around);
            // One who wants more than there are must be told something, too.
            others == 0 || others + places <= most
        };
        let away = (1..FURTHEST).find(has_room).unwrap_or(FURTHEST);
        if self.due.len() < MOST {
            let due = (now + Duration::from_secs(away), self.next);
            self.next += 1;
            self.due.insert(due, Promised { client, places });
            *self.crowds.entry(self.moment(due.0)).or_default() += places;
            // Times do not always grow with the calls, as some find room in a gap.
            let own = self.clients.entry(client).or_default();
            own.insert(own.partition_point(|other| *other < due), due);
        }
        away
    }

    /// Whether a client that comes now was told to. If so, that is done with.
    pub(super) fn redeem(&mut self, client: u64, now: Instant) -> bool {
        self.forget(now);
        let Some(own) = self.clients.get_mut(&client) else { return false };
        let Some(due) = own.pop_front_if(|(from, _)| *from <= now + EARLY) else { return false };
        if own.is_empty() {
            self.clients.remove(&client);
        }
        if let Some(promised) = self.due.remove(&due) {
            self.scatter(due, promised.places);
        }
        self.learn(1.0);
        true
    }

    /// How many clients were promised something.
    pub(super) fn clients(&self) -> usize {
        self.clients.len()
    }

    /// Forgets those who have not come.
    fn forget(&mut self, now: Instant) {
        while let Some(first) = self.due.first_entry()
            && first.key().0 + GRACE < now
        {
            let (due, Promised { client, places }) = first.remove_entry();
            self.scatter(due, places);
            let Some(own) = self.clients.get_mut(&client) else { continue };
            own.retain(|other| *other != due);
            if own.is_empty() {
                self.clients.remove(&client);
                // Once for each client: a flood that is over says little of those who come now.
                self.learn(0.0);
            }
        }
    }

    /// Places that are promised from one time to another.
    fn crowd(&self, from: Instant, to: Instant) -> usize {
        self.crowds.range(self.moment(from)..=self.moment(to)).map(|(_, places)| places).sum()
    }

    fn scatter(&mut self, due: Due, places: usize) {
        let moment = self.moment(due.0);
        if let Some(crowd) = self.crowds.get_mut(&moment) {
            *crowd -= places;
            if *crowd == 0 {
                self.crowds.remove(&moment);
            }
        }
    }

    fn moment(&self, time: Instant) -> u64 {
        (time.saturating_duration_since(self.start).as_millis() / MOMENT.as_millis()) as u64
    }

    fn learn(&mut self, came: f64) {
        self.returning = (self.returning + NEWEST * (came - self.returning)).max(FEW);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten places are kept, and ten become free in a second.
    const PACE: (usize, Duration) = (10, Duration::from_millis(100));

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn each_is_told_a_later_time_and_let_in_then() {
        let (mut promises, now) = (Promises::default(), Instant::now());
        let told: Vec<_> = (0..30).map(|client| promises.make(client, 1, PACE, now)).collect();
        assert_eq!((told[0], told[9], told[10], told[20]), (1, 1, 3, 5), "ten in two seconds");
        assert!(!promises.redeem(0, now), "too early");
        assert!(promises.redeem(0, now + seconds(1)));
        assert!(!promises.redeem(0, now + seconds(1)), "only once");
        assert!(!promises.redeem(99, now + seconds(1)), "nothing was promised");
    }

    /// Protects clients from being sent away for long by a crowd that never comes back.
    #[test]
    fn whoever_does_not_come_back_delays_nobody() {
        let (mut promises, start) = (Promises::default(), Instant::now());
        let mut told = 0;
        for tick in 0..3000_u32 {
            told = promises.make(u64::from(tick), 1, PACE, start + tick * PACE.1 / 4);
        }
        assert!(told <= 3, "{told}");
        promises.forget(start + seconds(1000));
        assert!(
            promises.due.is_empty() && promises.clients.is_empty() && promises.crowds.is_empty()
        );
    }

    /// Protects clients from one who asks without end, and comes back without end.
    #[test]
    fn a_flood_delays_nobody_else() {
        let (mut promises, start) = (Promises::default(), Instant::now());
        for tick in 0..1000_u32 {
            let now = start + tick * PACE.1 / 4;
            promises.redeem(7, now);
            assert!(promises.make(7, 1, PACE, now) <= 3);
        }
        assert!(promises.make(8, 1, PACE, start + 250 * PACE.1) <= 3);
    }

    /// Protects those who come after it from being told what would be true for it.
    #[test]
    fn a_flood_that_ends_teaches_little() {
        let (mut promises, start) = (Promises::default(), Instant::now());
        (0..10).for_each(|_| assert!(promises.make(7, 1, PACE, start) < 3));
        promises.forget(start + seconds(100));
        assert!(promises.due.is_empty() && promises.returning > 0.9);
    }

    #[test]
    fn memory_is_bounded_and_so_is_the_time() {
        let (mut promises, now) = (Promises::default(), Instant::now());
        let told = (0..5000).map(|client| promises.make(client, 1, PACE, now)).max();
        assert_eq!(told, Some(FURTHEST));
        assert_eq!(promises.due.len(), MOST);
    }
}
