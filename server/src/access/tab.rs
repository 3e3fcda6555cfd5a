//! Whom a request is charged to, for what turns out only later: more pictures than one.

use std::{sync::Arc, time::Instant};

use app::problem::Problem;

use super::{Limiter, Rate, Refusal, Standing, Who};
use crate::meters::Meters;

/// A client with a rate.
#[derive(Debug, Clone)]
pub struct Tab {
    pub(super) who: Who,
    /// What the rate is kept by, in a word.
    pub(super) by: &'static str,
    pub(super) rate: Rate,
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
    if let (Some(tab), Ok(pictures @ 1..)) = (current(), u32::try_from(pictures)) {
        tab.limiter.owe(tab.who, tab.rate, pictures, Instant::now());
    }
}

impl Tab {
    /// Takes one picture of the client's rate.
    ///
    /// # Errors
    ///
    /// When it is used up.
    pub fn take(&self) -> Result<Standing, Refusal> {
        let taken = self.limiter.take(self.who.clone(), self.rate, Instant::now());
        taken.map_err(|standing| {
            if let Some(meters) = &self.meters {
                meters.throttled(self.by);
            }
            let Self { rate, by, .. } = self;
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
