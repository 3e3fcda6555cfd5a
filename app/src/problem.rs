//! Why a request could not be answered, in a form that people and programs can read.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// A failed request, worded by RFC 9457 (problem details).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{title}: {detail}")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Stable name of the fault, for programs: `url_not_allowed`.
    pub code: String,
    /// HTTP status.
    pub status: u16,
    /// The fault in a few words.
    pub title: String,
    /// What happened and what to do about it.
    pub detail: String,
    /// After how many seconds it is worth trying again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem without a time to try again.
    pub fn new(status: u16, code: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            status,
            title: title.to_owned(),
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// The server is gone, or something that is not vitrine answered in its place.
    pub(crate) fn unreachable(reason: &str) -> Self {
        Self::new(
            502,
            "server_unreachable",
            "The server could not be reached",
            format!("The request did not get through ({reason}). Try again in a moment."),
        )
    }

    /// The same problem with the number of seconds after which to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    /// A fault on the way rather than in the classifier. In the browser: the server is gone, or
    /// something that is not vitrine answered in its place. On the server: the caller did not
    /// send what the function takes.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        #[cfg(feature = "ssr")]
        if let ServerFnErrorErr::Args(_)
        | ServerFnErrorErr::MissingArg(_)
        | ServerFnErrorErr::Deserialization(_) = error
        {
            return crate::status::noted(Self::new(
                400,
                "arguments_invalid",
                "The request cannot be read",
                error.to_string(),
            ));
        }
        Self::unreachable(&error.to_string())
    }
}
