//! Who may ask, and how often.

mod client;
mod keys;
mod rate;
mod routes;
mod tab;

use std::{net::IpAddr, sync::Arc};

use app::problem::Problem;
use http::{HeaderMap, Method, Uri};

pub use client::{Proxies, ProxyHeader};
pub use keys::{Key, KeyError, KeyRing, entry, generate};
pub use rate::{Limiter, Rate, RateError, Standing, Who};
pub use tab::{Tab, charging, current, flow, owe};

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
    /// What is left of its rate, if it is limited and has cost something.
    pub standing: Option<Standing>,
    /// Whose it is, and what further pictures are charged to.
    pub tab: Option<Tab>,
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
        let tab = self.tab(rate, key.as_deref(), headers, peer);
        let standing = if routes::classifies(method, uri) { tab.take()? } else { None };
        Ok(Grant { key: key.map(|key| key.name.clone()), standing, tab: Some(tab) })
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

    fn tab(&self, rate: Option<Rate>, key: Option<&Key>, headers: &HeaderMap, peer: IpAddr) -> Tab {
        let (who, by) = match key {
            Some(key) => (Who::Key(key.name.clone()), "key"),
            None => (Who::of(self.proxies.client(peer, headers)), "address"),
        };
        let (limiter, meters) = (Arc::clone(&self.limiter), self.meters.clone());
        Tab { who, by, rate, limiter, meters }
    }
}

#[cfg(test)]
mod tests;
