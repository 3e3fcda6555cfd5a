//! Watching a pull.

use std::time::Duration;

use super::PullError;

/// Is told how a pull goes. Nothing need be done about any of it.
pub trait Progress {
    /// An answer came. `held` bytes of the file are here already, of `total` if that is known; `host` sends
    /// the others. Called again after an interruption.
    fn started(&mut self, held: u64, total: Option<u64>, host: &str) {
        let _ = (held, total, host);
    }

    /// So many bytes more are here.
    fn advanced(&mut self, bytes: u64) {
        let _ = bytes;
    }

    /// An attempt failed, and another one follows after a pause.
    fn interrupted(&mut self, error: &PullError, pause: Duration) {
        let _ = (error, pause);
    }

    /// The whole file is here and is compared with its fingerprint, which takes a few seconds.
    fn verifying(&mut self) {}
}

/// Watches nothing.
impl Progress for () {}
