//! Who may ask, and how often.

mod client;
mod keys;
mod rate;
mod routes;

use std::{net::IpAddr, sync::Arc, time::Instant};

use app::problem::Problem;
use http::{HeaderMap, Method, Uri};

pub use client::{Proxies, ProxyHeader};
pub use keys::{Key, KeyError, KeyRing, entry, generate};
pub use rate::{Limiter, Rate, RateError, Standing, Who};

use crate::meters::Meters;

/// The rules. The default lets everybody in, as often as they like.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The keys, if one is needed.
    pub keys: Option<Arc<KeyRing>>,
    /// Whether the page works without a key.
    pub page_open: bool,
    /// How often a client may have pictures classified, unless its key says otherwise.
    pub rate: Option<Rate>,
    /// Who has asked how often of late.
    pub limiter: Arc<Limiter>,
    /// Proxies that say truly whom they ask for.
    pub proxies: Proxies,
    /// Where refusals are counted.
    pub meters: Option<Arc<Meters>>,
}

/// What a request has the right to.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// The name of its key.
    pub key: Option<String>,
    /// What is left of its rate, if it is limited.
    pub standing: Option<Standing>,
}

/// A request that is refused.
#[derive(Debug)]
pub struct Refusal {
    /// Why.
    pub problem: Problem,
    /// What is left of its rate, if that is why.
    pub standing: Option<Standing>,
}

impl Access {
    /// Decides about one request from the peer at the other end of its connection.
    ///
    /// # Errors
    ///
    /// When a key is needed and missing, unknown or disabled, or when the rate is used up.
    pub fn check(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        peer: IpAddr,
    ) -> Result<Grant, Refusal> {
        let key = self.key(method, uri, headers)?;
        let rate = key.as_ref().and_then(|key| key.rate).or(self.rate);
        let standing = match rate.filter(|_| routes::classifies(method, uri)) {
            Some(rate) => Some(self.take(rate, key.as_deref(), headers, peer)?),
            None => None,
        };
        Ok(Grant { key: key.map(|key| key.name.clone()), standing })
    }

    fn key(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Option<Arc<Key>>, Refusal> {
        let Some(keys) = &self.keys else { return Ok(None) };
        let needless =
            routes::is_probe(uri) || (self.page_open && routes::is_page(method, uri, headers));
        if needless && keys::presented(headers).is_none() {
            return Ok(None);
        }
        keys.admit(headers).map(Some).map_err(|problem| {
            if let Some(meters) = &self.meters {
                meters.unauthorized(&problem.code);
            }
            Refusal { problem, standing: None }
        })
    }

    fn take(
        &self,
        rate: Rate,
        key: Option<&Key>,
        headers: &HeaderMap,
        peer: IpAddr,
    ) -> Result<Standing, Refusal> {
        let (who, by) = match key {
            Some(key) => (Who::Key(key.name.clone()), "key"),
            None => (Who::of(self.proxies.client(peer, headers)), "address"),
        };
        self.limiter.take(who, rate, Instant::now()).map_err(|standing| {
            if let Some(meters) = &self.meters {
                meters.throttled(by);
            }
            let seconds = standing.retry_after.unwrap_or(1);
            let problem = Problem::new(
                429,
                "rate_limited",
                "Too many requests",
                format!("At most {rate} are taken from one {by}. Try again in {seconds} s."),
            );
            Refusal { problem: problem.retry_after(seconds), standing: Some(standing) }
        })
    }
}

#[cfg(test)]
mod tests;
