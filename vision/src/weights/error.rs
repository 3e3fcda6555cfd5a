//! Why weights were not loaded.

use std::path::PathBuf;

use tch::TchError;
use thiserror::Error;

/// Why weights were not loaded. The messages are for the operator; they do not name the file
/// unless it could not be opened.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The file could not be opened or mapped.
    #[error("cannot read {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The file is longer or shorter than stated.
    #[error("the file has {found} bytes instead of {expected}; fetch it anew")]
    Size {
        /// Stated bytes.
        expected: u64,
        /// Bytes of the file.
        found: u64,
    },
    /// The file is not the one stated.
    #[error("the file has SHA-256 {found} instead of {expected}; fetch it anew")]
    Digest {
        /// Stated digest.
        expected: String,
        /// Digest of the file.
        found: String,
    },
    /// The file is not a well-formed safetensors file.
    #[error("not a well-formed safetensors file: {reason}")]
    Format {
        /// What the parser says.
        reason: String,
    },
    /// A tensor of the network is not in the file.
    #[error("tensor `{key}` of shape {shape:?} is missing; the file has {found}")]
    Missing {
        /// Key that was looked for.
        key: String,
        /// Shape that the network needs.
        shape: Vec<i64>,
        /// Some keys of the file.
        found: String,
    },
    /// The file has tensors that the network does not.
    #[error("the network has no place for {keys}")]
    Unexpected {
        /// Some of the keys.
        keys: String,
    },
    /// A tensor has another shape than the network needs.
    #[error("tensor `{key}` has shape {found:?}, but the network needs {expected:?}")]
    Shape {
        /// Key in the file.
        key: String,
        /// Shape that the network needs.
        expected: Vec<i64>,
        /// Shape in the file.
        found: Vec<usize>,
    },
    /// A tensor has a kind that is not read.
    #[error("tensor `{key}` is of kind {found}, but only F32, F16 and BF16 are read")]
    Kind {
        /// Key in the file.
        key: String,
        /// Kind in the file.
        found: String,
    },
    /// A tensor has infinities or values that are not numbers.
    #[error("tensor `{key}` has values that are not finite")]
    NotFinite {
        /// Key in the file.
        key: String,
    },
    /// libtorch refused a tensor.
    #[error("libtorch reports an error")]
    Torch(#[from] TchError),
}
