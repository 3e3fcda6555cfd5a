//! Why weights could not be pulled, and what to do.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use indicatif::DecimalBytes;

use super::{client::Detour, fingerprint::Mismatch};

/// Why weights could not be pulled: each a sentence that ends in what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The card does not say where the file is.
    #[error(
        "the card of {model} has no weights.url; add one, or put the file at {} yourself",
        path.display()
    )]
    NoAddress {
        /// The model.
        model: String,
        /// Where its weights belong.
        path: PathBuf,
    },
    /// The card's address is none.
    #[error("{url:?} is not an address ({reason}); correct weights.url in the card")]
    Address {
        /// What the card says.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The mirror has a scheme that cannot be spoken.
    #[error("a mirror cannot be reached by {0}; name one that begins with https:// or http://")]
    Mirror(String),
    /// The client cannot be set up.
    #[error("cannot set up downloading: {0}; check the proxy settings of the environment")]
    Setup(String),
    /// Somebody else is downloading the same file.
    #[error("another pull is under way for {}; wait for it to end", .0.display())]
    Busy(PathBuf),
    /// There is less room than the file needs.
    #[error(
        "{} has room for {}, but the file needs {} more; make room and pull again",
        folder.display(), DecimalBytes(*free), DecimalBytes(*needed)
    )]
    Space {
        /// Where the file belongs.
        folder: PathBuf,
        /// Bytes that are missing of the file.
        needed: u64,
        /// Bytes that there is room for.
        free: u64,
    },
    /// The room was there, and then was not.
    #[error("no room is left for {}; make some and pull again, it continues there", .0.display())]
    Full(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot use {}: {reason}; see that its folder can be written to", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// No connection.
    #[error(
        "cannot reach {host}: {reason}; check the network and the proxy settings, or name a mirror \
         with --mirror"
    )]
    Unreachable {
        /// The host.
        host: String,
        /// What was in the way.
        reason: String,
    },
    /// The far end fell silent.
    #[error("{host} sent nothing for {silence:?}; pull again, it continues where it stopped")]
    Stalled {
        /// The host.
        host: String,
        /// For how long.
        silence: Duration,
    },
    /// The connection ended too early.
    #[error("{host} broke off: {reason}; pull again, it continues where it stopped")]
    Cut {
        /// The host.
        host: String,
        /// How it broke off.
        reason: String,
    },
    /// An answer that is no file.
    #[error("{address} answered with status {status}; {}", advice(*status))]
    Status {
        /// What was asked for.
        address: String,
        /// The status.
        status: u16,
    },
    /// A redirect that is not followed.
    #[error("{address} leads astray: {detour}; correct weights.url or name a mirror with --mirror")]
    Redirect {
        /// What was asked for.
        address: String,
        /// What is wrong with the way.
        detour: Detour,
    },
    /// A web page came instead of the file.
    #[error(
        "{address} answered with a web page instead of a file; open it in a browser, since a sign-in \
         page or a proxy may be in between"
    )]
    WebPage {
        /// What was asked for.
        address: String,
    },
    /// A file came, but not the one that the card names. Nothing of it was kept.
    #[error(
        "{address} sent another file than the card names: {mismatch}; nothing of it was kept, so \
         compare the card with its publisher's or name another mirror with --mirror"
    )]
    Wrong {
        /// What was asked for.
        address: String,
        /// What is different.
        mismatch: Mismatch,
    },
    /// A file is there, but not the one that the card names.
    #[error(
        "{} is not the file that the card names: {mismatch}; download it again with --force",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is different.
        mismatch: Mismatch,
    },
}

impl PullError {
    /// A file that cannot be used, or a full disk.
    pub(super) fn disk(path: &Path, reason: io::Error) -> Self {
        match reason.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::Full(path.to_owned())
            }
            _ => Self::Disk { path: path.to_owned(), reason },
        }
    }

    /// Whether another attempt may do better.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Stalled { .. } | Self::Cut { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
            _ => false,
        }
    }
}

fn advice(status: u16) -> &'static str {
    match status {
        404 | 410 => "correct weights.url in the card, or name another mirror with --mirror",
        401 | 403 | 407 => {
            "it refuses access, so name a mirror with --mirror or put the file in place yourself"
        }
        408 | 429 | 500..=599 => "try again later, or name a mirror with --mirror",
        _ => "check weights.url in the card, or name a mirror with --mirror",
    }
}
