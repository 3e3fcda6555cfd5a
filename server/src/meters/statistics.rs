//! What the requests for a model have cost, as the protocols of other servers tell it.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

/// A number of events with the time that they took together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// How many.
    pub count: u64,
    /// How long.
    pub time: Duration,
}

/// What has become of the requests for one model, and what its network has done.
///
/// A request may hold several pictures. It belongs to the model that was asked for; a run of a
/// network belongs to the model that ran, which may have stood in for another one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelStatistics {
    /// When the network last ran.
    pub last_inference: Option<SystemTime>,
    /// Pictures that the network ran on.
    pub pictures: u64,
    /// Requests with an answer for every picture, from arrival to answer.
    pub success: Spent,
    /// The others, by whoever's fault.
    pub fail: Spent,
    /// The others by why: by what happened to the first picture without an answer.
    pub reasons: Reasons,
    /// Successful requests: waiting for the worker. Like the others below, of the picture of a
    /// request that took longest.
    pub queue: Spent,
    /// Decoding and preparing.
    pub compute_input: Spent,
    /// In the network, for the whole batch.
    pub compute_infer: Spent,
    /// From logits to probabilities.
    pub compute_output: Spent,
    /// Runs of the network by the number of their pictures.
    pub batches: BTreeMap<usize, BatchStatistics>,
}

/// Requests that failed, by why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Refused, or not answered in time.
    pub rejected: u64,
    /// Their sender went away.
    pub cancelled: u64,
    /// The network failed.
    pub network: u64,
    /// A bad picture, or another fault of ours.
    pub other: u64,
}

/// The runs of the network on so many pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchStatistics {
    /// How many runs, and how long they took.
    pub runs: Spent,
    /// Decoding and preparing, summed over the pictures.
    pub input: Duration,
    /// From logits to probabilities, summed over the pictures.
    pub output: Duration,
}

impl ModelStatistics {
    /// Runs of the network.
    pub fn executions(&self) -> u64 {
        self.batches.values().map(|batch| batch.runs.count).sum()
    }
}

impl Spent {
    pub(super) fn add(&mut self, time: Duration) {
        self.count += 1;
        self.time += time;
    }
}
