//! The HTTP client, and what its errors mean.

use std::{error::Error, time::Duration};

use reqwest::{
    Client, header,
    header::{HeaderMap, HeaderValue},
    redirect,
};
use url::Url;

use super::{PullError, Settings, address};
use crate::tls;

const MAX_REDIRECTS: usize = 10;

/// Why a redirect is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Detour {
    /// One led to the next for too long.
    #[error("more than {MAX_REDIRECTS} redirects")]
    TooMany,
    /// What began encrypted would go on in the open.
    #[error("a redirect from https to http")]
    Downgrade,
}

/// A client that speaks HTTP/1.1 and obeys the proxy settings of the environment.
pub(super) fn build(settings: &Settings) -> Result<Client, PullError> {
    let setup = |error: &dyn Error| PullError::Setup(innermost(error));
    let tls = tls::client_config().map_err(|error| setup(&error))?;
    // The fingerprint is of the plain file.
    let plain =
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
    let mut client = Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("vitrine/", env!("CARGO_PKG_VERSION")))
        .default_headers(plain)
        .redirect(redirect::Policy::custom(|attempt| {
            match judge(attempt.previous(), attempt.url()) {
                Ok(()) => attempt.follow(),
                Err(detour) => attempt.error(detour),
            }
        }))
        // Attempts are counted elsewhere.
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .pool_max_idle_per_host(0)
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.read_timeout);
    if !settings.proxies {
        client = client.no_proxy();
    }
    client.build().map_err(|error| setup(&error))
}

/// What an error of the client means for a download from `source`.
pub(super) fn failure(error: &reqwest::Error, source: &Url, patience: Duration) -> PullError {
    if let Some(&detour) = causes(error).find_map(|cause| cause.downcast_ref::<Detour>()) {
        return PullError::Redirect { address: address::shown(source), detour };
    }
    // After redirects, the one that failed is not the one that was asked first.
    let host = address::host(error.url().unwrap_or(source));
    if error.is_connect() {
        PullError::Unreachable { host, reason: innermost(error) }
    } else if error.is_timeout() {
        PullError::Stalled { host, silence: patience }
    } else {
        PullError::Cut { host, reason: innermost(error) }
    }
}

/// Whether a redirect may be followed.
fn judge(previous: &[Url], next: &Url) -> Result<(), Detour> {
    if previous.len() > MAX_REDIRECTS {
        return Err(Detour::TooMany);
    }
    // An operator who begins with http, at a mirror of their own, has decided that it is good enough.
    let encrypted = previous.first().is_some_and(|first| first.scheme() == "https");
    if encrypted && next.scheme() != "https" { Err(Detour::Downgrade) } else { Ok(()) }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The cause behind all others, which is the one that says something.
fn innermost(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(previous: &[&str], next: &str) -> Result<(), Detour> {
        let parse = |url: &&str| Url::parse(url).expect("an address");
        judge(&previous.iter().map(parse).collect::<Vec<_>>(), &parse(&next))
    }

    #[test]
    fn encryption_is_not_given_up_on_the_way() {
        assert_eq!(judged(&["https://a/"], "https://b/"), Ok(()));
        assert_eq!(judged(&["https://a/"], "http://b/"), Err(Detour::Downgrade));
        assert_eq!(judged(&["https://a/", "https://b/"], "http://c/"), Err(Detour::Downgrade));
        assert_eq!(judged(&["http://a/"], "http://b/"), Ok(()));
        assert_eq!(judged(&["http://a/"], "https://b/"), Ok(()));
    }

    #[test]
    fn ten_redirects_are_enough() {
        assert_eq!(judged(&["http://a/"; 10], "http://a/"), Ok(()));
        assert_eq!(judged(&["http://a/"; 11], "http://a/"), Err(Detour::TooMany));
    }
}
