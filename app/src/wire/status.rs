use serde::{Deserialize, Serialize};

use super::ModelState;

/// How busy the server is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ServerStatus {
    /// Pictures waiting for the worker now.
    pub queued: u32,
    /// Pictures in a network now.
    pub running: u32,
    /// Pictures answered since the start.
    pub answered: u64,
    /// Pictures refused since the start.
    pub refused: u64,
    /// Median of the last answers' times from arrival to answer, in milliseconds.
    pub median_ms: Option<f64>,
    /// The models, in order of their names.
    pub models: Vec<ModelStatus>,
}

/// What one model is doing, and has done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelStatus {
    /// Name in paths.
    pub name: String,
    /// What it is doing.
    #[serde(flatten)]
    pub state: ModelState,
    /// Size of its weights on disk in bytes, if they are here.
    pub weights_bytes: Option<u64>,
    /// Pictures for it that were answered since the start.
    pub answered: u64,
    /// Pictures for it that were answered in the last minute.
    pub last_minute: u32,
}
