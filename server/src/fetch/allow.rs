//! Entries of the operator's allow-list.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use super::target::hostname;

/// A host or a network from which pictures may be fetched, on any port.
///
/// Written as `pictures.example.org`, `10.0.0.0/8`, or a bare address, which is the network of that one
/// address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allow {
    /// A host by its exact name. It may have addresses on the site's own network, but none of the special
    /// ones, such as a metadata service's: names change hands more easily than networks.
    Host(String),
    /// Every address of a network, whatever it is otherwise.
    Net(IpNet),
}

impl FromStr for Allow {
    type Err = ParseAllowError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || ParseAllowError(text.into());
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Net(address.into()));
        }
        if text.contains('/') {
            return text.parse().map(Self::Net).map_err(|_| bad());
        }
        // The same parser that reads URLs, so that an entry in any script and any case meets its host.
        match url::Host::parse(text) {
            Ok(url::Host::Domain(name)) => hostname(&name).map(Self::Host).ok_or_else(bad),
            // `127.1` and its like: whoever writes an allow-list should say what they mean.
            Ok(url::Host::Ipv4(_) | url::Host::Ipv6(_)) | Err(_) => Err(bad()),
        }
    }
}

/// A text that is neither a host name nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a host name nor an address nor a network such as 10.0.0.0/8")]
pub struct ParseAllowError(String);
