//! From names to addresses, once.

use std::fmt;
use std::future::{Future, ready};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Semaphore;

/// The answer a [`Resolve`] is working on.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Looks up the addresses of a host.
///
/// A fetch asks once per hop and connects to nothing but the answer, so an implementation need not be
/// trusted with anything.
pub trait Resolve: fmt::Debug + Send + Sync {
    /// The addresses of `name`, which is in lower case and has no trailing dot.
    fn resolve(&self, name: &str) -> Resolving;
}

/// The resolver of the operating system, with `/etc/hosts` and everything else it consults.
#[derive(Debug, Clone)]
pub struct SystemResolver {
    /// Look-ups under way. The system's resolver blocks a thread and cannot be called off, so a look-up
    /// keeps its permit until it really ends, long after whoever asked has given up. Otherwise a name server
    /// that never answers would use up the process's threads.
    lookups: Arc<Semaphore>,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self { lookups: Arc::new(Semaphore::new(32)) }
    }
}

impl Resolve for SystemResolver {
    fn resolve(&self, name: &str) -> Resolving {
        let (name, lookups) = (name.to_owned(), Arc::clone(&self.lookups));
        Box::pin(async move {
            let permit = lookups.acquire_owned().await.map_err(io::Error::other)?;
            let lookup = tokio::spawn(async move {
                let _permit = permit;
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            });
            lookup.await.map_err(io::Error::other)?
        })
    }
}

/// What the HTTP client is given in place of a resolver: the addresses that were checked, for the name they
/// were checked for, and nothing for any other.
#[derive(Debug, Clone)]
pub(super) struct Pinned {
    pub(super) name: String,
    pub(super) addresses: Vec<SocketAddr>,
}

impl reqwest::dns::Resolve for Pinned {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let answer: Result<reqwest::dns::Addrs, _> = if name.as_str() == self.name {
            Ok(Box::new(self.addresses.clone().into_iter()))
        } else {
            Err("asked for a name that was not checked".into())
        };
        Box::pin(ready(answer))
    }
}
