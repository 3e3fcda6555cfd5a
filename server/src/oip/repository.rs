//! The index of the models folder.

use app::wire::ModelState;
use serde::Serialize;
use utoipa::ToSchema;

use super::{VERSION, metadata::is_ready};
use crate::backend::Backend;

/// A model in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IndexEntry {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: &'static str,
    /// `READY`, `LOADING` or `UNAVAILABLE`.
    pub state: &'static str,
    /// Why, if it is not ready.
    pub reason: String,
}

/// All models, or only those that are ready.
pub fn index(backend: &dyn Backend, only_ready: bool) -> Vec<IndexEntry> {
    let models = backend.models().into_iter().filter(|m| !only_ready || is_ready(&m.state));
    let entry = |(name, state)| {
        let (state, reason) = words(state);
        IndexEntry { name, version: VERSION, state, reason }
    };
    models.map(|model| entry((model.name, model.state))).collect()
}

fn words(state: ModelState) -> (&'static str, String) {
    match state {
        ModelState::Ready => ("READY", String::new()),
        ModelState::Standby => ("READY", "loaded when it is asked".to_owned()),
        ModelState::Loading => ("LOADING", String::new()),
        ModelState::Fetching { .. } => ("UNAVAILABLE", "its weights are on their way".to_owned()),
        ModelState::Absent { hint } => {
            ("UNAVAILABLE", format!("its weights are not here; bring them with: {hint}"))
        }
        ModelState::Unloaded => ("UNAVAILABLE", "unloaded".to_owned()),
        ModelState::Failed { reason } => ("UNAVAILABLE", reason),
    }
}
