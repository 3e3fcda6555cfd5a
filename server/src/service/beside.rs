//! Pipelines beside the models, as far as probes and meters go.

use std::{fmt, sync::PoisonError, time::Duration};

use app::wire::ModelState;
use broker::Health;

use super::{Service, standing::overdue};

/// A pipeline with a thread of its own.
pub(crate) trait Beside: fmt::Debug + Send + Sync {
    /// Its name among the models: its path without the slash before it.
    fn name(&self) -> &str;

    /// Whether it takes anything.
    fn health(&self) -> Health;

    /// For how long its present batch has been running.
    fn busy(&self) -> Option<Duration>;
}

/// How one of them stands.
pub(super) struct BesideStanding {
    pub(super) name: String,
    pub(super) state: ModelState,
    /// Whether only a new process helps.
    pub(super) stuck: bool,
}

impl Service {
    /// From now on this is told of by probes and meters, as the models are.
    pub(crate) fn put_beside(&self, pipeline: Box<dyn Beside>) {
        self.meters.known(pipeline.name());
        self.beside.write().unwrap_or_else(PoisonError::into_inner).push(pipeline);
    }

    /// How all of them stand.
    pub(super) fn beside(&self) -> Vec<BesideStanding> {
        let pipelines = self.beside.read().unwrap_or_else(PoisonError::into_inner);
        pipelines.iter().map(|pipeline| self.look_at(&**pipeline)).collect()
    }

    fn look_at(&self, pipeline: &dyn Beside) -> BesideStanding {
        let limits = self.limits();
        let busy = pipeline.busy().unwrap_or_default();
        let late = overdue(busy, limits.timeout, limits.stuck_after);
        let state = match (pipeline.health(), late) {
            (Health::Failed(reason), _) => ModelState::Failed { reason: reason.to_string() },
            (Health::Loading, _) => ModelState::Loading,
            (Health::Draining | Health::Stopped, _) => ModelState::Unloaded,
            (Health::Ready, None) => ModelState::Ready,
            (Health::Ready, Some(_)) => ModelState::Failed {
                reason: format!("One batch has been running for {} s.", busy.as_secs()),
            },
        };
        BesideStanding { name: pipeline.name().to_owned(), state, stuck: late == Some("stuck") }
    }
}
