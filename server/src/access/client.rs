//! Whose request it is.

use std::net::{IpAddr, SocketAddr};

use clap::ValueEnum;
use http::{HeaderMap, header::FORWARDED};
use ipnet::IpNet;

/// The header in which a proxy says whom it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ProxyHeader {
    /// What nearly every proxy sends.
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// Proxies that say truly whom they ask for.
///
/// Which of the two headers they write has to be said: a proxy adds to the one that it knows and
/// hands the other on as it came, so whoever believes both believes the client.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Where they are.
    pub trusted: Vec<IpNet>,
    /// What they write.
    pub header: ProxyHeader,
}

impl Proxies {
    /// The address of the client: the peer's, or if that is one of our proxies, the last one in
    /// its header that is not. What stands further left was written by others.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let mut client = peer;
        for hop in self.hops(headers).iter().rev() {
            // Whatever is left of what cannot be read cannot be believed.
            let Some(address) = hop.as_deref().and_then(address) else { break };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }

    /// The hops in order, `None` for what is not readable.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<String>> {
        let name = match self.header {
            ProxyHeader::XForwardedFor => http::HeaderName::from_static("x-forwarded-for"),
            ProxyHeader::Forwarded => FORWARDED,
        };
        let mut hops = Vec::new();
        for value in headers.get_all(name) {
            let Ok(value) = value.to_str() else {
                hops.push(None);
                continue;
            };
            for element in value.split(',') {
                hops.push(match self.header {
                    ProxyHeader::XForwardedFor => Some(element.trim().to_owned()),
                    ProxyHeader::Forwarded => forwarded_for(element),
                });
            }
        }
        hops
    }
}

/// The `for` of one element of `Forwarded`, without quotes.
fn forwarded_for(element: &str) -> Option<String> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let named = name.trim().eq_ignore_ascii_case("for");
        named.then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// An address in any of the ways that proxies write it: alone, with a port, in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, name: &'static str, values: &[&str]) -> String {
        let header = match name {
            "forwarded" => ProxyHeader::Forwarded,
            _ => ProxyHeader::XForwardedFor,
        };
        let trusted = ["10.0.0.0/8", "2001:db8::/32"].map(|net| net.parse().expect("a network"));
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().expect("a header value"));
        }
        let proxies = Proxies { trusted: trusted.into(), header };
        proxies.client(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn a_stranger_cannot_say_who_it_is() {
        assert_eq!(client("192.0.2.9", "x-forwarded-for", &["198.51.100.1"]), "192.0.2.9");
        assert_eq!(client("192.0.2.9", "forwarded", &["for=198.51.100.1"]), "192.0.2.9");
    }

    #[test]
    fn the_last_hop_that_is_not_ours_is_the_client() {
        let name = "x-forwarded-for";
        assert_eq!(client("10.0.0.1", name, &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", name, &["1.1.1.1, 198.51.100.7, 10.2.2.2"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", name, &["1.1.1.1", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("::ffff:10.0.0.1", name, &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(client("2001:db8::1", name, &["[2001:db9::7]:80"]), "2001:db9::7");
    }

    #[test]
    fn what_stands_left_of_nonsense_is_not_believed() {
        let name = "x-forwarded-for";
        assert_eq!(client("10.0.0.1", name, &["198.51.100.7, unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", name, &["198.51.100.7, unknown, 10.3.3.3"]), "10.3.3.3");
        assert_eq!(client("10.0.0.1", name, &[]), "10.0.0.1");
    }

    #[test]
    fn the_other_header_is_not_looked_at() {
        assert_eq!(client("10.0.0.1", "forwarded", &["for=198.51.100.7"]), "198.51.100.7");
        let quoted = r#"for=1.1.1.1, proto=https;for="[2001:db9::7]:443";by=10.0.0.2"#;
        assert_eq!(client("10.0.0.1", "forwarded", &[quoted]), "2001:db9::7");
        let proxies = Proxies {
            trusted: vec!["10.0.0.0/8".parse().expect("a network")],
            ..Proxies::default()
        };
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED, "for=1.1.1.1".parse().expect("a header value"));
        headers.insert("x-forwarded-for", "198.51.100.7".parse().expect("a header value"));
        let peer = "10.0.0.1".parse().expect("an address");
        assert_eq!(proxies.client(peer, &headers).to_string(), "198.51.100.7");
    }
}
