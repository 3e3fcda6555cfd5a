//! What a picture passes on its way, shared by all requests.

use std::time::{Duration, Instant};

use app::{classify::Watcher, problem::Problem, wire::Stage};
use broker::{Answer, Broker, Priority};
use vision::decode::DecodeLimits;

use super::{Limits, cache::ResultCache, decoders::Decoders, faults};
use crate::{
    fetch::Fetcher,
    meters::Passage,
    worker::{Finding, Job},
};

/// How often somebody who waits is told how many are still before them.
const LOOK: Duration = Duration::from_millis(200);

/// The stations between a picture and its scores.
#[derive(Debug)]
pub(crate) struct Way {
    pub(super) fetcher: Fetcher,
    pub(super) decode_limits: DecodeLimits,
    pub(super) decoders: Decoders,
    pub(super) broker: Broker<Job, Finding>,
    /// The answers that are known already, if any are kept.
    pub(super) cache: Option<ResultCache>,
    pub(super) limits: Limits,
}

impl Way {
    /// Waits for what the worker finds out about a prepared picture of a class and a client, and
    /// tells how far that is.
    pub(super) async fn run(
        &self,
        (priority, client): (Priority, u64),
        job: Job,
        deadline: Instant,
        timeout: Duration,
        passage: &Passage,
        watcher: &Watcher,
    ) -> Result<Answer<Finding>, Problem> {
        let mut ticket = self
            .broker
            .submit_as(priority, client, job, Some(deadline))
            .map_err(faults::submission)?;
        passage.queued();
        loop {
            watcher(match ticket.ahead() {
                Some(ahead) => Stage::Queued { ahead: ahead as u32 },
                None => Stage::Running,
            });
            tokio::select! {
                biased;
                answer = &mut ticket => return answer.map_err(|error| faults::run(&error, timeout)),
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}
