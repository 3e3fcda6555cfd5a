//! The Open Inference Protocol v2 without its transports: what a request is, how its tensors become
//! pictures, and how scores become tensors. HTTP and gRPC both translate to and from this.
//!
//! A model has one input, `input`: a prepared tensor (`FP32`, `FP16` or `BF16`, `[n, 3, H, W]`), the
//! pixels of crops (`UINT8`, `[n, 3, H, W]` or `[n, H, W, 3]`), or encoded pictures (`BYTES`, `[n]`).
//! It has the output `probabilities` (`FP32`, `[n, classes]`), and `logits` for who asks by name.

mod answer;
mod answer_body;
pub mod config;
mod data;
mod infer;
mod json;
pub mod metadata;
mod pictures;
mod repository;
mod request;
mod request_body;
pub mod statistics;

use app::problem::Problem;

pub use answer::{Answer, Output, Values};
pub use answer_body::Encoded;
pub(crate) use answer_body::JsonAnswer;
pub(crate) use data::Flat;
pub use infer::infer;
pub(crate) use pictures::interleave;
pub use repository::{IndexEntry, index};
pub use request::{Data, Datatype, InferRequest, Tensor, Wanted, Wishes};
pub(crate) use request::{no_shared_memory, shape as dimensions};
pub use request_body::read;

/// Extensions of the protocol that are there.
pub const EXTENSIONS: [&str; 6] = [
    "binary_tensor_data",
    "classification",
    "model_configuration",
    "model_repository",
    "schedule_policy",
    "statistics",
];
/// The version that every model has: a folder holds one.
pub const VERSION: &str = "1";
/// Name of the input.
pub const INPUT: &str = "input";
/// Another name of the input, for encoded pictures.
pub const IMAGE: &str = "image";
/// Name of the output with calibrated probabilities.
pub const PROBABILITIES: &str = "probabilities";
/// Name of the output with raw scores.
pub const LOGITS: &str = "logits";
/// Largest request and largest tensor, in bytes: what Triton takes.
pub const MAX_BODY: usize = 64 << 20;

/// A request that is not formed as the protocol says.
pub(crate) fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(400, "inference_request_invalid", "The request cannot be read", detail)
}

/// Models are not loaded or unloaded by strangers.
pub(crate) fn control_refused() -> Problem {
    Problem::new(
        403,
        "control_refused",
        "Not from here",
        "Models are loaded and unloaded where only the operator gets to. Everybody may see the index.",
    )
}

/// Says that there is no such version.
///
/// # Errors
///
/// For any version but ours; an empty one stands for whichever there is.
pub fn check_version(model: &str, version: &str) -> Result<(), Problem> {
    if version.is_empty() || version == VERSION {
        return Ok(());
    }
    Err(Problem::new(
        404,
        "version_unknown",
        "No such version",
        format!("{model} has no version {version:?}, only {VERSION:?}."),
    ))
}
