use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

/// Why a request was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubmitError {
    /// The queue is full.
    #[error("the queue is full, try again in about {} ms", .retry_after.as_millis())]
    Busy {
        /// How long a request that joined the queue now would have to wait.
        retry_after: Duration,
    },
    /// The pipeline is still being constructed.
    #[error("the pipeline is still loading")]
    Loading,
    /// The pipeline could not be constructed and never will be.
    #[error("the pipeline could not be constructed: {reason}")]
    Failed {
        /// The whole chain of the constructor's error.
        reason: Arc<str>,
    },
    /// The broker is shutting down or has done so.
    #[error("the broker is shutting down")]
    Draining,
}

/// Why an accepted request got no response.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    /// The pipeline returned an error, whose whole chain this is.
    #[error("the pipeline failed: {0}")]
    Failed(Arc<str>),
    /// The pipeline panicked with this message.
    #[error("the pipeline panicked: {0}")]
    Panicked(Arc<str>),
    /// The deadline of the request passed.
    #[error("the deadline passed")]
    Expired,
    /// The pipeline broke its promise of one response for each request, so that none of its
    /// responses can be trusted to belong to a certain request.
    #[error("the pipeline returned {got} responses to {expected} requests")]
    WrongCount {
        /// The size of the batch.
        expected: usize,
        /// The number of responses to it.
        got: usize,
    },
    /// The broker was shut down before the request could be answered.
    #[error("the broker was shut down")]
    Stopped,
}

/// Why a shutdown was not complete.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShutdownError {
    /// The worker thread was still busy when the time was up, and no thread can be made to stop.
    /// All requests have been answered nonetheless, and the thread ends when its batch (or the
    /// construction or the drop of the pipeline) does.
    #[error("the worker thread is still busy")]
    StillRunning,
}

/// An error and all its causes in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> Arc<str> {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        // Many errors already quote their cause, which should not be told twice.
        if !text.ends_with(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        cause = error.source();
    }
    text.into()
}
