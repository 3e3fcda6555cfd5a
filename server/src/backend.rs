//! What the HTTP layer needs besides classifying: pictures to try, and how things stand.

use std::{collections::BTreeMap, future::Future, pin::Pin};

use app::{classify::Classifier, problem::Problem, wire::ModelState};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::{Ask, ModelStatistics, Visit};

/// What asking to be let in gives, later.
pub type Visiting<'a> = Pin<Box<dyn Future<Output = Result<Visit, Problem>> + Send + 'a>>;

/// What asking for a model to be loaded gives, later.
pub type Loading<'a> = Pin<Box<dyn Future<Output = Result<(), Problem>> + Send + 'a>>;

/// The service behind the routes. A test puts a made-up one here.
pub trait Backend: Classifier {
    /// The example picture of a model with this file name, as encoded.
    fn example(&self, model: &str, file: &str) -> Option<Bytes>;

    /// Lets a request with several pictures in, or refuses it.
    fn visit(&self, ask: Ask) -> Visiting<'_>;

    /// Pictures of one request at most.
    fn max_pictures(&self) -> usize;

    /// What the models have been asked since the start, by name; those never asked are left out.
    fn statistics(&self) -> BTreeMap<String, ModelStatistics>;

    /// Loads a model, also one that was unloaded, and waits for it.
    fn load<'a>(&'a self, model: &'a str) -> Loading<'a>;

    /// Takes a model out of memory, until it is loaded again.
    ///
    /// # Errors
    ///
    /// When there is no such model, or it is not in a state to be unloaded.
    fn unload(&self, model: &str) -> Result<(), Problem>;

    /// Counts a request that is refused because there is no place for it, and says so.
    fn refuse(&self) -> Problem;

    /// How things stand now. Answered without asking the worker, which may be busy.
    fn readiness(&self) -> Readiness;
}

/// How things stand, as `/readyz` says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether a picture sent now would be classified.
    pub ready: bool,
    /// What the worker thread is doing: `loading`, `ready`, `late` with a batch, `stuck` in one,
    /// `failed`, `draining` or `stopped`.
    pub worker: &'static str,
    /// Why the worker is late, stuck or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The state of every model, by name.
    pub models: BTreeMap<String, ModelState>,
    /// Requests since the start.
    pub requests: Requests,
}

/// Requests since the start: `accepted` is the sum of all below it but `rejected`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Requests {
    /// Not refused.
    pub accepted: u64,
    /// Refused at the door: the queue was full, or the model was not there.
    pub rejected: u64,
    /// Answered.
    pub ok: u64,
    /// Bad pictures, addresses without one, and faults of ours.
    pub failed: u64,
    /// Their time was up before their answer.
    pub expired: u64,
    /// Their sender went away.
    pub cancelled: u64,
    /// Waiting now.
    pub queued: u64,
    /// In the network now.
    pub running: u64,
}

impl Readiness {
    /// Whether the process can still get anywhere. A worker that failed, stopped or is stuck does
    /// not come back by itself, so whoever watches the process should start it anew.
    pub fn live(&self) -> bool {
        !matches!(self.worker, "failed" | "stopped" | "stuck")
    }
}
