use std::sync::Arc;
use std::time::Duration;

use crate::panics::contained;
use crate::{Health, RunError, SubmitError};

/// Is told what happens in a broker, for metrics and logs.
///
/// The methods are called on whichever thread brought the event about, the worker's included, and
/// never while anything is locked. They should be quick. As they are called just after the event,
/// two threads may tell theirs in either order: what must be exact is read from
/// [`Broker::counts`](crate::Broker::counts) and [`Broker::health`](crate::Broker::health).
/// A panic in one of them is swallowed.
#[expect(unused_variables, reason = "the names tell an implementor what is passed")]
pub trait Observer: Send + Sync + 'static {
    /// A request was accepted.
    fn accepted(&self) {}
    /// A request was refused.
    fn rejected(&self, error: &SubmitError) {}
    /// A request was taken from the queue in a batch of this size, having waited this long.
    fn started(&self, batch_size: usize, waited: Duration) {}
    /// A request was answered with a response.
    fn ok(&self) {}
    /// A request was answered with an error other than [`RunError::Expired`].
    fn failed(&self, error: &RunError) {}
    /// The deadline of a request passed.
    fn expired(&self) {}
    /// The ticket of a request was dropped before its answer came.
    fn cancelled(&self) {}
    /// A batch came back from the pipeline, however it went.
    fn batch_finished(&self, size: usize, ran: Duration) {}
    /// The health of the broker changed.
    fn health(&self, health: &Health) {}
    /// The number of waiting requests changed.
    fn depth(&self, queued: usize) {}
}

/// Ignores everything.
impl Observer for () {}

/// The observer behind a guard: no fault of it may reach a submitter or the worker.
pub(crate) struct Guarded(Arc<dyn Observer>);

impl Guarded {
    pub(crate) fn new(observer: Arc<dyn Observer>) -> Self {
        Self(observer)
    }

    pub(crate) fn tell(&self, event: impl FnOnce(&dyn Observer)) {
        if let Err(message) = contained(|| event(&*self.0)) {
            tracing::error!(panic = %message, "the observer of a broker panicked: {message}");
        }
    }
}
