//! The fetcher itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, LOCATION, USER_AGENT,
};
use reqwest::{Client, Response, StatusCode, redirect};
use tokio::sync::Semaphore;
use url::Url;

use super::error::{BuildError, Failure, FetchError};
use super::policy::{FetchMode, FetchPolicy};
use super::resolver::{Pinned, Resolve, SystemResolver};
use super::target::{Target, TargetHost};
use super::{Watcher, body};
use crate::tls;

/// A header on every request of a fetcher. A server that sees it on a request to itself is being sent in
/// circles, through some address it does not know to be its own, and does best to refuse.
pub const LOOP_HEADER: &str = "x-vitrine-fetch";

const MAX_REDIRECTS: usize = 3;
const MAX_ADDRESSES: usize = 16;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// Fetches pictures within the limits of a [`FetchPolicy`]. Clones share their slots.
///
/// # Example
///
/// ```no_run
/// use server::fetch::{FetchMode, FetchPolicy, Fetcher};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let policy = FetchPolicy { mode: FetchMode::Public, ..FetchPolicy::default() };
/// let fetched = Fetcher::new(policy)?.fetch("https://www.example.org/cat.png").await?;
/// println!("{} bytes from {}", fetched.bytes.len(), fetched.final_url);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Fetcher {
    shared: Arc<Shared>,
}

/// What a fetch brought back. Nobody has looked at the bytes yet: that they are a picture is at best the far
/// end's claim.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The body, as sent.
    pub bytes: Bytes,
    /// Where it came from in the end, after redirects and without a fragment.
    pub final_url: Url,
}

/// Where one hop led.
enum Hop {
    Arrived(Bytes),
    Sent(Target),
}

#[derive(Debug)]
struct Shared {
    policy: FetchPolicy,
    resolver: Arc<dyn Resolve>,
    tls: rustls::ClientConfig,
    headers: HeaderMap,
    /// One permit per fetch under way, given back when the fetch ends or its caller goes away.
    slots: Semaphore,
}

impl Fetcher {
    /// A fetcher that resolves names as the operating system does.
    ///
    /// # Errors
    ///
    /// If a limit of the policy is zero, its user agent is no header value, or TLS cannot be set up.
    pub fn new(policy: FetchPolicy) -> Result<Self, BuildError> {
        Self::with_resolver(policy, Arc::new(SystemResolver::default()))
    }

    /// A fetcher with a resolver of its own.
    ///
    /// # Errors
    ///
    /// As [`Fetcher::new`].
    pub fn with_resolver(
        policy: FetchPolicy,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, BuildError> {
        policy.check()?;
        let user_agent = HeaderValue::from_str(&policy.user_agent);
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("image/*")),
            (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
            (USER_AGENT, user_agent.map_err(|_| BuildError::UserAgent)?),
            (HeaderName::from_static(LOOP_HEADER), HeaderValue::from_static("1")),
        ]);
        let (tls, slots) = (tls::client_config()?, Semaphore::new(policy.slots));
        Ok(Self { shared: Arc::new(Shared { policy, resolver, tls, headers, slots }) })
    }

    /// Fetches a URL.
    ///
    /// # Errors
    ///
    /// [`FetchError`] says what went wrong as far as the client is concerned; the log has the rest.
    pub async fn fetch(&self, url: &str) -> Result<Fetched, FetchError> {
        self.watch(url, &|_, _| ()).await
    }

    /// Fetches a URL, and tells how far it is.
    ///
    /// # Errors
    ///
    /// As [`Self::fetch`].
    pub async fn watch(&self, url: &str, watcher: Watcher<'_>) -> Result<Fetched, FetchError> {
        match self.shared.fetch(url, watcher).await {
            Ok(fetched) => {
                tracing::debug!(
                    target: "vitrine::fetch",
                    host = fetched.final_url.host_str(),
                    size_bytes = fetched.bytes.len(),
                    "fetched a picture",
                );
                Ok(fetched)
            }
            Err(Failure { error, detail }) => {
                // Details quote the far end, so they are escaped; the URL stays out, as its query may be
                // somebody's signature.
                tracing::info!(
                    target: "vitrine::fetch",
                    code = error.code(),
                    detail = ?detail,
                    "refused or failed to fetch a URL",
                );
                Err(error)
            }
        }
    }
}

impl Shared {
    async fn fetch(&self, url: &str, watcher: Watcher<'_>) -> Result<Fetched, Failure> {
        if self.policy.mode == FetchMode::Off {
            return Err(FetchError::Off.into());
        }
        let target = Target::parse(url)?;
        let host = target.host_str().to_owned();
        let _slot = self.slots.try_acquire().map_err(|_| FetchError::Busy)?;
        match tokio::time::timeout(self.policy.timeout, self.follow(target, watcher)).await {
            Ok(fetched) => fetched,
            Err(_) => Err(Failure::from(FetchError::Timeout).context(host)),
        }
    }

    async fn follow(&self, mut target: Target, watcher: Watcher<'_>) -> Result<Fetched, Failure> {
        for _ in 0..=MAX_REDIRECTS {
            match self
                .hop(&target, watcher)
                .await
                .map_err(|failure| failure.context(target.host_str()))?
            {
                Hop::Arrived(bytes) => return Ok(Fetched { bytes, final_url: target.url }),
                Hop::Sent(next) => target = next,
            }
        }
        Err(Failure::from(FetchError::TooManyRedirects).context(target.host_str()))
    }

    async fn hop(&self, target: &Target, watcher: Watcher<'_>) -> Result<Hop, Failure> {
        let addresses = self.addresses(target).await?;
        let client = self.client(target, &addresses)?;
        self.ask(client, target, &addresses, watcher)
            .await
            .map_err(|failure| failure.context(format_args!("{addresses:?}")))
    }

    /// The addresses a target may be reached at, every one of them checked.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, Failure> {
        let mut found = match &target.host {
            TargetHost::Address(address) => vec![*address],
            TargetHost::Name(name) => {
                self.policy.admit_name(name, target.port)?;
                self.resolver.resolve(name).await.map_err(|error| {
                    Failure::new(FetchError::Unreachable, format!("cannot resolve {name}: {error}"))
                })?
            }
        };
        self.policy.admit(target, &found)?;
        if found.is_empty() {
            return Err(Failure::new(FetchError::Unreachable, "the host has no address"));
        }
        // Cut only after the check: a bad address counts even if it would not have been tried.
        found.truncate(MAX_ADDRESSES);
        Ok(found.into_iter().map(|address| SocketAddr::new(address, target.port)).collect())
    }

    async fn ask(
        &self,
        client: Client,
        target: &Target,
        addresses: &[SocketAddr],
        watcher: Watcher<'_>,
    ) -> Result<Hop, Failure> {
        let response = client.get(target.url.clone()).send().await?;
        // Should the client ever connect by other means than the addresses it was given, this stops the
        // answer, if not the request.
        let peer = response.remote_addr();
        if !peer.is_some_and(|peer| addresses.iter().any(|it| same(*it, peer))) {
            return Err(Failure::new(FetchError::Unreachable, format!("answered by {peer:?}")));
        }
        match (response.status(), location(&response)) {
            (StatusCode::OK, _) => {
                body::receive(response, self.policy.max_bytes, watcher).await.map(Hop::Arrived)
            }
            (_, Some(location)) => target.join(location).map(Hop::Sent),
            (status, None) => Err(FetchError::UpstreamStatus(status.as_u16()).into()),
        }
    }

    /// A client for one request to addresses that were checked for it. The client's own resolver would not
    /// do as the place for the check: it is never asked about hosts that are addresses already.
    fn client(&self, target: &Target, addresses: &[SocketAddr]) -> Result<Client, Failure> {
        let name = match &target.host {
            TargetHost::Address(_) => String::new(),
            TargetHost::Name(name) => name.clone(),
        };
        let client = Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(Pinned { name, addresses: addresses.to_vec() })
            .default_headers(self.headers.clone())
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            // A proxy would look the name up again, out of our sight.
            .no_proxy()
            // These four in case another crate of the build turns the features on.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build()?;
        Ok(client)
    }
}

/// Whether two addresses are one. IPv6 adds a scope, on which the asker and the kernel need not agree.
fn same(a: SocketAddr, b: SocketAddr) -> bool {
    (a.ip(), a.port()) == (b.ip(), b.port())
}

/// Where an answer redirects to, if it does.
fn location(response: &Response) -> Option<&str> {
    match response.status().as_u16() {
        301 | 302 | 303 | 307 | 308 => {
            std::str::from_utf8(response.headers().get(LOCATION)?.as_bytes()).ok()
        }
        _ => None,
    }
}
