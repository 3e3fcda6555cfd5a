use serde::{Deserialize, Serialize};

use super::Stage;
use crate::problem::Problem;

/// What there is to say while a picture is on its way, and of what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event<T> {
    /// It has come so far.
    Stage(Stage),
    /// This is the answer. Nothing follows.
    Done(T),
    /// There is none. Nothing follows.
    Problem(Problem),
}

impl<T> From<Result<T, Problem>> for Event<T> {
    fn from(outcome: Result<T, Problem>) -> Self {
        match outcome {
            Ok(answer) => Self::Done(answer),
            Err(problem) => Self::Problem(problem),
        }
    }
}
