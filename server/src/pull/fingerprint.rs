//! Whether a file is the one that a card names.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read, Seek},
};

use sha2::{Digest, Sha256};
use vision::weights::Fingerprint;

/// What tells a file from the one that a card names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Its length.
    #[error("it has {found} bytes instead of {expected}")]
    Size {
        /// By the card, or by what the sender itself announced.
        expected: u64,
        /// Of the file.
        found: u64,
    },
    /// Its content.
    #[error("its SHA-256 is {found} instead of {expected}")]
    Digest {
        /// By the card.
        expected: String,
        /// Of the file.
        found: String,
    },
}

/// Compares a file with what is known of it. The outer result is about reading.
pub(super) fn compare(file: &mut File, known: &Fingerprint) -> io::Result<Result<(), Mismatch>> {
    let found = file.metadata()?.len();
    if let Some(expected) = known.size.filter(|&expected| expected != found) {
        return Ok(Err(Mismatch::Size { expected, found }));
    }
    let Some(expected) = &known.sha256 else { return Ok(Ok(())) };
    let found = digest(file)?;
    if found.eq_ignore_ascii_case(expected) {
        return Ok(Ok(()));
    }
    Ok(Err(Mismatch::Digest { expected: expected.clone(), found }))
}

/// SHA-256 of a file as it is on disk, which is what will be loaded.
fn digest(file: &mut File) -> io::Result<String> {
    file.rewind()?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 17];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => hasher.update(&buffer[..read]),
        }
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}
