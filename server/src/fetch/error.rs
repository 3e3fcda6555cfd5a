//! What the outside hears when a fetch fails.

use crate::error_chain::error_chain;

/// Why a picture could not be fetched, in words fit for whoever asked.
///
/// The set is closed and says nothing about the network behind the server: no resolved address, no text of
/// the far end. A fuller message would make a port scanner of the server. The whole reason goes to the log,
/// under the target `vitrine::fetch`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The text is not a URL that can be fetched at all.
    #[error("not a valid URL: {0}")]
    InvalidUrl(&'static str),
    /// The URL, or one it redirects to, leads where this server does not go.
    #[error("URL not allowed: {0}")]
    NotAllowed(Denied),
    /// This server fetches nothing.
    #[error("fetching by URL is switched off on this server")]
    Off,
    /// The far end answered, but not with 200.
    #[error("the address answered with status {0}")]
    UpstreamStatus(u16),
    /// No answer, a broken one, or one that is not HTTP.
    #[error("the address could not be fetched")]
    Unreachable,
    /// The answer is longer than this server takes.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes this server takes.
        limit: u64,
    },
    /// The answer was not complete in time.
    #[error("the address took too long to answer")]
    Timeout,
    /// The answer calls itself a web page.
    #[error("the address leads to a web page, not to a picture")]
    NotAnImage,
    /// The answer is compressed although it was asked not to be.
    #[error("the answer has a content encoding, which this server does not undo")]
    Encoded,
    /// One redirect led to the next for too long.
    #[error("too many redirects")]
    TooManyRedirects,
    /// As many fetches are under way as this server allows.
    #[error("too many fetches are under way")]
    Busy,
}

impl FetchError {
    /// The stable name of this error, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUrl(_) => "url_invalid",
            Self::NotAllowed(_) => "url_not_allowed",
            Self::Off => "fetch_off",
            Self::UpstreamStatus(_) => "fetch_status",
            Self::Unreachable | Self::Encoded | Self::TooManyRedirects => "fetch_failed",
            Self::TooLarge { .. } => "fetch_too_large",
            Self::Timeout => "fetch_timeout",
            Self::NotAnImage => "fetch_not_an_image",
            Self::Busy => "fetch_busy",
        }
    }
}

/// Which part of a URL the policy objects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// A scheme other than `http` and `https`.
    #[error("only http and https are fetched")]
    Scheme,
    /// A user name or a password before the host.
    #[error("it must not carry a user name or a password")]
    Credentials,
    /// The host, by its name or by an address it has. Which of the two it was is not for the client, who
    /// would learn from it how the network behind the server names its hosts.
    #[error("this server does not fetch from that host")]
    Host,
    /// A port that is not one of the web's.
    #[error("this server does not fetch from that port")]
    Port,
    /// A redirect from `https` to `http`.
    #[error("it redirects from https to http")]
    Downgrade,
}

/// Why a fetcher could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A limit of the policy is zero, which would refuse everything in a roundabout way.
    #[error("{0} must not be zero")]
    Zero(&'static str),
    /// The user agent of the policy contains something other than printable text.
    #[error("the user agent of a fetch must be printable text")]
    UserAgent,
    /// The TLS library refused its settings.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
}

/// An error for the client together with what the log should say.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: FetchError,
    pub(super) detail: String,
}

impl Failure {
    pub(super) fn new(error: FetchError, detail: impl Into<String>) -> Self {
        Self { error, detail: detail.into() }
    }

    /// The same failure, with words put before those that are for the log.
    pub(super) fn context(mut self, context: impl std::fmt::Display) -> Self {
        self.detail = format!("{context}: {}", self.detail);
        self
    }

    pub(super) fn denied(denied: Denied, detail: impl Into<String>) -> Self {
        Self::new(FetchError::NotAllowed(denied), detail)
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self { detail: error.to_string(), error }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let kind = if error.is_timeout() { FetchError::Timeout } else { FetchError::Unreachable };
        // Without the URL: its query may be somebody's signature.
        let error = error.without_url();
        Self::new(kind, error_chain(&error))
    }
}
