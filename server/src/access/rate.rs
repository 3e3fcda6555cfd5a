//! How often somebody may ask.
//!
//! The generic cell rate algorithm (ITU-T I.371), which needs one time stamp for each client. The
//! table of clients is bounded, which the crates for this leave to their caller: under a flood of
//! addresses it is memory that is attacked first.

use std::{
    collections::HashMap,
    fmt,
    net::IpAddr,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Clients that are told apart at a time: some 6 MB.
const MAX_CLIENTS: usize = 65_536;
/// How often a full table is searched for clients that have not asked of late.
const SWEEP: Duration = Duration::from_secs(1);

/// So many requests in so long, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    per: Duration,
    burst: u32,
}

/// Why a rate cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rate is written as 10/s, 600/m or 5000/h, perhaps with how many at once: 10/s,20")]
pub struct RateError;

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// A key, by its name.
    Key(String),
    /// An address of IPv4.
    V4([u8; 4]),
    /// A network of IPv6, /64: whoever has one address of it has them all.
    V6([u8; 8]),
    /// Everybody for whom the table has no room.
    Crowd,
}

/// What is left of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Requests at once.
    pub quota: u32,
    /// In how many seconds the quota is whole again after it was used up.
    pub window: u32,
    /// Requests that may still come now.
    pub remaining: u32,
    /// In how many seconds the quota is whole again.
    pub reset: u32,
    /// After how many seconds a request that was refused may come again.
    pub retry_after: Option<u32>,
}

/// Who has asked how often of late.
#[derive(Debug, Default)]
pub struct Limiter {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// For each client the instant at which its quota is whole again.
    whole_at: HashMap<Who, Instant>,
    swept: Option<Instant>,
}

impl Rate {
    fn interval(self) -> Duration {
        self.per / self.count
    }

    fn window(self) -> Duration {
        self.interval() * self.burst
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (rate, burst) = match text.split_once(',') {
            Some((rate, burst)) => (rate, Some(burst.trim().parse().map_err(|_| RateError)?)),
            None => (text, None),
        };
        let (count, unit) = rate.split_once('/').ok_or(RateError)?;
        let count = count.trim().parse().map_err(|_| RateError)?;
        let seconds = match unit.trim() {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            _ => return Err(RateError),
        };
        let rate = Self { count, per: Duration::from_secs(seconds), burst: burst.unwrap_or(count) };
        // More than a million is no limit, and would round its interval to nothing.
        let sane = |n: u32| (1..=1_000_000).contains(&n);
        if sane(rate.count) && sane(rate.burst) { Ok(rate) } else { Err(RateError) }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.per.as_secs() {
            1 => "s",
            60 => "min",
            _ => "h",
        };
        write!(f, "{}/{unit}", self.count)
    }
}

impl Who {
    /// The client with this address.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }
}

impl Limiter {
    /// Takes one request of a client's quota.
    ///
    /// # Errors
    ///
    /// When there is none left: how long to wait for the next one.
    pub fn take(&self, who: Who, rate: Rate, now: Instant) -> Result<Standing, Standing> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let who = table.place(who, now);
        let whole_at = table.whole_at.get(&who).copied().unwrap_or(now).max(now);
        let (interval, window) = (rate.interval(), rate.window());
        let next = whole_at + interval;
        let used = next - now;
        if used > window {
            return Err(standing(rate, whole_at - now, Some(used - window)));
        }
        table.whole_at.insert(who, next);
        Ok(standing(rate, used, None))
    }

    /// Takes so many more, whether or not they are left. The client waits for them afterwards.
    pub fn owe(&self, who: Who, rate: Rate, count: u32, now: Instant) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let who = table.place(who, now);
        let whole_at = table.whole_at.entry(who).or_insert(now);
        *whole_at = (*whole_at).max(now) + rate.interval() * count;
    }
}

impl Table {
    /// The client itself if it has a place in the table or there is one, else the crowd.
    fn place(&mut self, who: Who, now: Instant) -> Who {
        if self.whole_at.len() < MAX_CLIENTS || self.whole_at.contains_key(&who) {
            return who;
        }
        if self.swept.is_none_or(|swept| now.saturating_duration_since(swept) >= SWEEP) {
            self.swept = Some(now);
            // Whose quota is whole is as good as one who never came.
            self.whole_at.retain(|_, whole_at| *whole_at > now);
        }
        if self.whole_at.len() < MAX_CLIENTS { who } else { Who::Crowd }
    }
}

fn standing(rate: Rate, used: Duration, wait: Option<Duration>) -> Standing {
    let left = rate.window().saturating_sub(used).as_secs_f64() / rate.interval().as_secs_f64();
    Standing {
        quota: rate.burst,
        window: seconds(rate.window()),
        // The quotient of durations may be a hair below a whole number.
        remaining: if wait.is_some() { 0 } else { (left + 1e-6) as u32 },
        reset: seconds(used),
        retry_after: wait.map(|wait| seconds(wait).max(1)),
    }
}

/// Whole seconds, rounded up: who comes a little late is let in, who comes early is not.
fn seconds(duration: Duration) -> u32 {
    duration.as_secs_f64().ceil() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        text.parse().expect("a rate")
    }

    #[test]
    fn rates_are_read_in_every_unit_and_nonsense_is_refused() {
        assert_eq!(rate("10/s"), Rate { count: 10, per: Duration::from_secs(1), burst: 10 });
        assert_eq!(rate("60/m, 5"), Rate { count: 60, per: Duration::from_secs(60), burst: 5 });
        for text in ["", "10", "0/s", "10/s,0", "10/d", "-1/s", "10/s,x", "2000000/s"] {
            assert_eq!(text.parse::<Rate>(), Err(RateError), "{text}");
        }
    }

    #[test]
    fn a_burst_goes_through_and_then_the_rate_counts() {
        let (limiter, start) = (Limiter::default(), Instant::now());
        let who = || Who::Key("a".to_owned());
        let take = |ms| limiter.take(who(), rate("2/s,3"), start + Duration::from_millis(ms));
        let left: Vec<_> = (0..3).map(|_| take(0).expect("within the burst").remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = take(0).expect_err("the burst is over");
        assert_eq!((refused.remaining, refused.retry_after), (0, Some(1)));
        assert!(take(499).is_err());
        assert!(take(500).is_ok());
        assert!(take(501).is_err());
        assert_eq!(take(60_000).expect("whole again").remaining, 2);
    }

    #[test]
    fn what_is_owed_is_waited_for() {
        let (limiter, start) = (Limiter::default(), Instant::now());
        let who = || Who::Key("a".to_owned());
        let take = |ms| limiter.take(who(), rate("2/s,3"), start + Duration::from_millis(ms));
        assert_eq!(take(0).expect("the first").remaining, 2);
        limiter.owe(who(), rate("2/s,3"), 7, start);
        // Eight pictures at two a second, of which three may be ahead.
        assert_eq!(take(0).expect_err("in debt").retry_after, Some(3));
        assert!(take(2999).is_err());
        assert!(take(3000).is_ok());
    }

    #[test]
    fn clients_do_not_share_and_neighbours_in_ipv6_do() {
        let (limiter, now) = (Limiter::default(), Instant::now());
        let take = |address: &str| {
            limiter.take(Who::of(address.parse().expect("an address")), rate("1/m"), now).is_ok()
        };
        assert!(take("192.0.2.1"));
        assert!(take("192.0.2.2"));
        assert!(!take("::ffff:192.0.2.1"), "the same in another spelling");
        assert!(take("2001:db8::1"));
        assert!(!take("2001:db8::ffff:1"), "the same /64");
        assert!(take("2001:db8:0:1::1"));
    }

    #[test]
    fn a_flood_of_addresses_shares_what_is_left_and_takes_no_more_memory() {
        let (limiter, now) = (Limiter::default(), Instant::now());
        for n in 0..MAX_CLIENTS as u32 {
            assert!(limiter.take(Who::V4(n.to_be_bytes()), rate("1/m"), now).is_ok());
        }
        let newcomer = |n: u8, at| limiter.take(Who::V6([n; 8]), rate("1/m"), at).is_ok();
        assert!(newcomer(1, now), "as the first of the crowd");
        assert!(!newcomer(2, now), "the crowd has used up its quota");
        assert!(limiter.table.lock().expect("no panic").whole_at.len() <= MAX_CLIENTS + 1);
        let later = now + Duration::from_secs(61);
        assert!(newcomer(3, later) && newcomer(4, later), "there is room again");
    }
}
