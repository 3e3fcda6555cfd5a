use std::error::Error;
use std::time::{Duration, Instant};

/// Blocking work that is done by one thread, one batch at a time.
///
/// A pipeline need not be [`Send`]: it is made, used and dropped on the worker thread, so it may
/// own handles that must not leave the thread that made them.
pub trait Pipeline: 'static {
    /// What one caller asks for.
    type Request: Send + 'static;
    /// What one caller gets.
    type Response: Send + 'static;
    /// Why a whole batch could not be answered.
    type Error: Error + Send + Sync + 'static;

    /// Runs one batch, which is never empty, and returns one response for each request, in the
    /// same order.
    ///
    /// # Errors
    ///
    /// An error fails every request of this batch and no other. So does a panic, after which the
    /// same pipeline is used again: it must be fit for the next batch however this one ended.
    fn run(&mut self, batch: Vec<Self::Request>) -> Result<Vec<Self::Response>, Self::Error>;

    /// May `next` run in the same batch as `first`, which is the next one in turn?
    ///
    /// Those that may overtake those that may not, which wait for a bigger batch and not for one
    /// more. A panic here counts as "no".
    fn joins(&self, first: &Self::Request, next: &Self::Request) -> bool {
        let _ = (first, next);
        true
    }

    /// How many of these, which have joined and are in turn, are run at once? The others keep their
    /// places. Nought counts as one, and so does a panic.
    fn take(&self, joined: &[Candidate<'_, Self::Request>]) -> usize {
        joined.len()
    }

    /// For how long may these, which have joined and could be run, wait for others that are known to
    /// be on their way? Asked anew whenever a request has come, and not while the batch is full or
    /// the broker drains. A panic counts as nought.
    ///
    /// The pipeline stands still meanwhile, so whoever says anything but nought bounds the sum.
    fn patience(&self, joined: &[Candidate<'_, Self::Request>]) -> Duration {
        let _ = joined;
        Duration::ZERO
    }
}

/// A request that waits and may become a part of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a, Request> {
    /// What it asks for.
    pub request: &'a Request,
    /// When it must be answered.
    pub deadline: Option<Instant>,
}
