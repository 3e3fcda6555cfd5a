//! Whose request it is, and whom it is charged to for what turns out only later: more pictures than
//! one.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Arc, LazyLock},
    time::Instant,
};

use app::problem::Problem;

use super::{Limiter, Rate, Refusal, Standing, Who};
use crate::meters::Meters;

/// A client, perhaps with a rate.
#[derive(Debug, Clone)]
pub struct Tab {
    pub(super) who: Who,
    /// What the rate is kept by, in a word.
    pub(super) by: &'static str,
    pub(super) rate: Option<Rate>,
    pub(super) limiter: Arc<Limiter>,
    pub(super) meters: Option<Arc<Meters>>,
}

tokio::task_local! {
    static TAB: Option<Tab>;
}

/// Charges what happens in a future to a client, or to nobody.
pub async fn charging<F: Future>(tab: Option<Tab>, future: F) -> F::Output {
    TAB.scope(tab, future).await
}

/// The tab of the request that this task is for.
pub fn current() -> Option<Tab> {
    TAB.try_with(Clone::clone).ok().flatten()
}

/// Charges so many more pictures to the client of the request that this task is for. They are let
/// in even if its rate is used up, since the request was; the next one waits for longer.
pub fn owe(pictures: usize) {
    let Some(Tab { who, rate: Some(rate), limiter, .. }) = current() else { return };
    if let Ok(pictures @ 1..) = u32::try_from(pictures) {
        limiter.owe(who, rate, pictures, Instant::now());
    }
}

/// A number for the client of the request that this task is for. Requests that nobody sent have one
/// in common.
pub fn flow() -> u64 {
    // Nobody outside can find two clients with the same number.
    static NUMBERS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    current().map_or(0, |tab| NUMBERS.hash_one(&tab.who))
}

impl Tab {
    /// Takes one picture of the client's rate, if it has one.
    ///
    /// # Errors
    ///
    /// When it is used up.
    pub fn take(&self) -> Result<Option<Standing>, Refusal> {
        let Some(rate) = self.rate else { return Ok(None) };
        let taken = self.limiter.take(self.who.clone(), rate, Instant::now());
        taken.map(Some).map_err(|standing| {
            if let Some(meters) = &self.meters {
                meters.throttled(self.by);
            }
            let by = self.by;
            let seconds = standing.retry_after.unwrap_or(1);
            let problem = Problem::new(
                429,
                "rate_limited",
                "Too many requests",
                format!("At most {rate} are taken from one {by}. Try again in {seconds} s."),
            );
            Refusal { problem: problem.retry_after(seconds), standing: Some(standing) }
        })
    }
}
