//! How to pull.

use std::time::Duration;

use url::Url;

/// How to pull. The defaults suit a person who waits for the file.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Takes the place of the scheme and the host of a card's address; a path goes before the card's.
    pub mirror: Option<Url>,
    /// Download even what is there.
    pub force: bool,
    /// Attempts in a row that may bring nothing worthwhile; the last one's error is reported.
    pub attempts: u32,
    /// Pause after the first failed attempt; it doubles with each further one.
    pub backoff: Duration,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long the far end may be silent. The whole download may take as long as it likes.
    pub read_timeout: Duration,
    /// Whether to obey `HTTPS_PROXY` and its kin.
    pub proxies: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mirror: None,
            force: false,
            attempts: 4,
            backoff: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            proxies: true,
        }
    }
}
