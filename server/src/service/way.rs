//! What a picture passes on its way, shared by all requests.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use app::problem::Problem;
use broker::{Answer, Broker, Priority};
use tokio::sync::Semaphore;
use vision::decode::DecodeLimits;

use super::{Limits, faults};
use crate::{
    fetch::Fetcher,
    meters::Passage,
    worker::{Job, Logits},
};

/// The stations between a picture and its scores.
#[derive(Debug)]
pub(crate) struct Way {
    pub(super) fetcher: Fetcher,
    pub(super) decode_limits: DecodeLimits,
    /// One permit for each picture that is decoded now: more would only share the same cores.
    pub(super) decoding: Arc<Semaphore>,
    pub(super) broker: Broker<Job, Logits>,
    pub(super) limits: Limits,
}

impl Way {
    /// Waits for the network's answer to a prepared picture.
    pub(super) async fn run(
        &self,
        priority: Priority,
        job: Job,
        deadline: Instant,
        timeout: Duration,
        passage: &Passage,
    ) -> Result<Answer<Logits>, Problem> {
        let ticket =
            self.broker.submit_as(priority, job, Some(deadline)).map_err(faults::submission)?;
        passage.queued();
        ticket.await.map_err(|error| faults::run(&error, timeout))
    }
}
