//! Errors for the log.

use std::{error::Error, iter::successors};

/// An error and all its causes in one line.
pub(crate) fn error_chain(error: &(dyn Error + 'static)) -> String {
    let parts = successors(Some(error), |&error| error.source()).map(ToString::to_string);
    parts.collect::<Vec<_>>().join(": ")
}
