//! Why a card was not read.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a card was not read.
#[derive(Debug, Error)]
pub enum CardError {
    /// A file could not be read, or is not UTF-8.
    #[error("cannot read {file}")]
    Io {
        /// The file.
        file: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The file is not TOML, or has a key that is unknown, missing or of a wrong type.
    #[error("{file}: {reason}")]
    Syntax {
        /// The file.
        file: PathBuf,
        /// Line, key and what is wrong with it.
        reason: String,
    },
    /// A value is impossible, or contradicts another one.
    #[error("{file}: `{key}` {reason}")]
    Value {
        /// The file.
        file: PathBuf,
        /// The key, with its tables.
        key: String,
        /// What is wrong with the value; the end of a sentence that begins with the key.
        reason: String,
    },
}

/// A value that is wrong, before it is known in which file.
#[derive(Debug)]
pub(super) struct Problem {
    /// The key, with its tables.
    pub(super) key: String,
    /// The end of a sentence that begins with the key.
    pub(super) reason: String,
}

impl Problem {
    /// A problem of a key.
    pub(super) fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { key: key.into(), reason: reason.into() }
    }
}

/// Reads a text file.
pub(super) fn read(path: &Path) -> Result<String, CardError> {
    std::fs::read_to_string(path).map_err(|source| CardError::Io { file: path.to_owned(), source })
}
