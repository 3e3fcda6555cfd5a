//! What a broker promises, one module for each promise.

#![allow(clippy::unwrap_used)]

mod batches;
mod cancellation;
mod company;
mod construction;
mod deadlines;
mod failures;
mod fast_answers;
mod observation;
mod pressure;
mod schedules;
mod shutdown;
mod stage;
