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
        let limits = self.limits();
        let pipelines = self.beside.read().unwrap_or_else(PoisonError::into_inner);
        let look = |pipeline: &dyn Beside| {
            let busy = pipeline.busy().unwrap_or_default();
            let (state, stuck) =
                stands(pipeline.health(), busy, limits.timeout, limits.stuck_after);
            BesideStanding { name: pipeline.name().to_owned(), state, stuck }
        };
        pipelines.iter().map(|pipeline| look(&**pipeline)).collect()
    }
}

/// How a pipeline stands that has been busy with its batch for so long, by the same limits as the
/// models' worker, and whether only a new process helps.
fn stands(
    health: Health,
    busy: Duration,
    timeout: Duration,
    stuck_after: Duration,
) -> (ModelState, bool) {
    let late = overdue(busy, timeout, stuck_after);
    let state = match (health, late) {
        (Health::Failed(reason), _) => ModelState::Failed { reason: reason.to_string() },
        (Health::Loading, _) => ModelState::Loading,
        (Health::Draining | Health::Stopped, _) => ModelState::Unloaded,
        (Health::Ready, None) => ModelState::Ready,
        (Health::Ready, Some(_)) => ModelState::Failed {
            reason: format!("One batch has been running for {} s.", busy.as_secs()),
        },
    };
    (state, late == Some("stuck"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_that_hangs_is_told_of_before_it_is_given_up() {
        let seconds = Duration::from_secs;
        let stands = |health, busy| stands(health, seconds(busy), seconds(30), seconds(120));
        let failed = |reason: &str| ModelState::Failed { reason: reason.to_owned() };
        assert_eq!(stands(Health::Loading, 0), (ModelState::Loading, false));
        assert_eq!(stands(Health::Ready, 29), (ModelState::Ready, false));
        let late = failed("One batch has been running for 30 s.");
        assert_eq!(stands(Health::Ready, 30), (late, false));
        assert!(stands(Health::Ready, 120).1);
        assert_eq!(stands(Health::Failed("no lens".into()), 0), (failed("no lens"), false));
        assert_eq!(stands(Health::Stopped, 0), (ModelState::Unloaded, false));
    }
}
