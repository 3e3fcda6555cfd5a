//! A URL that may be worth a connection, as far as its text can tell.

use std::net::IpAddr;

use url::{Host, Url};

use super::error::{Denied, Failure, FetchError};

/// Longer than any address of a picture, short enough for every log and proxy on the way.
const MAX_LENGTH: usize = 2048;

/// Where one hop of a fetch goes. The URL has scheme `http` or `https`, no credentials and no fragment.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) host: TargetHost,
    pub(super) port: u16,
}

/// The host of a [`Target`]. A name is in lower case, without a trailing dot, and consists of letters, digits,
/// hyphens and dots, so that no two parsers on its way can read it differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TargetHost {
    Address(IpAddr),
    Name(String),
}

impl Target {
    /// Reads a URL as a user gave it.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim();
        check_text(text)?;
        Self::new(Url::parse(text).map_err(|error| invalid(reason(error)))?)
    }

    /// Reads the `Location` of an answer from here.
    pub(super) fn join(&self, location: &str) -> Result<Self, Failure> {
        check_text(location)?;
        let next = Self::new(self.url.join(location).map_err(|error| invalid(reason(error)))?)?;
        if self.url.scheme() == "https" && next.url.scheme() == "http" {
            return Err(Failure::denied(Denied::Downgrade, "redirect from https to http"));
        }
        Ok(next)
    }

    /// The host, for the log.
    pub(super) fn host_str(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    fn new(mut url: Url) -> Result<Self, Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::denied(Denied::Scheme, format!("scheme {:?}", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::denied(Denied::Credentials, "credentials in the URL"));
        }
        url.set_fragment(None);
        let host = match url.host() {
            Some(Host::Ipv4(address)) => TargetHost::Address(address.into()),
            Some(Host::Ipv6(address)) => TargetHost::Address(address.into()),
            Some(Host::Domain(name)) => {
                let strict = hostname(name).ok_or_else(|| {
                    Failure::denied(Denied::Host, format!("not a host name: {name:?}"))
                })?;
                TargetHost::Name(strict)
            }
            None => return Err(invalid("it has no host")),
        };
        if let TargetHost::Name(name) = &host {
            // Drops a trailing dot, which would make one host of two for the checks that follow.
            url.set_host(Some(name)).map_err(|error| invalid(reason(error)))?;
        }
        let port = url.port_or_known_default().ok_or_else(|| invalid("it has no port"))?;
        if port == 0 {
            return Err(Failure::denied(Denied::Port, "port 0"));
        }
        Ok(Self { url, host, port })
    }
}

/// The strict form of a host name, or `None` if it is not one.
///
/// The URL standard lets names such as `127.0.0.1!` and `a_b` pass as domains. Resolvers have their own ideas
/// about those, so they stop here.
pub(super) fn hostname(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let fits = !name.is_empty() && name.len() <= 253;
    (fits && name.split('.').all(is_label)).then_some(name)
}

/// Whether a strict name is one that never leads to the public internet, or that a resolver might complete
/// from its search list.
pub(super) fn is_reserved(name: &str) -> bool {
    const SUFFIXES: [&str; 12] = [
        "localhost",
        "localdomain",
        "local",
        "internal",
        "intranet",
        "lan",
        "home.arpa",
        "in-addr.arpa",
        "ip6.arpa",
        "onion",
        "test",
        "invalid",
    ];
    let under = |suffix: &str| {
        name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || SUFFIXES.into_iter().any(under)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Refuses what URL parsers silently repair, each in its own way.
fn check_text(text: &str) -> Result<(), Failure> {
    if text.len() > MAX_LENGTH {
        return Err(invalid("it is longer than 2048 bytes"));
    }
    if text.contains(|character: char| character.is_control() || character == '\\') {
        return Err(invalid("it contains a control character or a backslash"));
    }
    Ok(())
}

fn invalid(reason: &'static str) -> Failure {
    FetchError::InvalidUrl(reason).into()
}

fn reason(error: url::ParseError) -> &'static str {
    match error {
        url::ParseError::RelativeUrlWithoutBase => "it has no scheme such as https://",
        url::ParseError::EmptyHost => "it has no host",
        url::ParseError::InvalidPort => "its port is not a number from 0 to 65535",
        url::ParseError::IdnaError
        | url::ParseError::InvalidIpv4Address
        | url::ParseError::InvalidIpv6Address
        | url::ParseError::InvalidDomainCharacter => "its host is neither a name nor an address",
        _ => "it cannot be parsed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_never_left() {
        let cases = [
            ("http://example.org/", "https://example.org/", None),
            ("http://example.org/", "http://example.org/", None),
            ("https://example.org/", "/a", None),
            ("https://example.org/", "//example.net/", None),
            ("https://example.org/", "http://example.org/", Some(Denied::Downgrade)),
            ("https://example.org/", "HTTP://example.net/", Some(Denied::Downgrade)),
            ("https://example.org/", "ftp://example.org/", Some(Denied::Scheme)),
        ];
        for (from, location, expected) in cases {
            let from = Target::parse(from).expect("the first URL is fine");
            let error = from.join(location).err().map(|failure| failure.error);
            assert_eq!(error, expected.map(FetchError::NotAllowed), "{location}");
        }
    }

    #[test]
    fn a_target_is_put_in_order() {
        let target = Target::parse(" HTTPS://WWW.Example.ORG.:443/a?b#c ").expect("a fine URL");
        assert_eq!(target.url.as_str(), "https://www.example.org/a?b");
        assert_eq!(target.host, TargetHost::Name("www.example.org".into()));
        assert_eq!(target.port, 443);
        let target = Target::parse("http://0x7f.1:8080").expect("a fine URL");
        assert_eq!(target.host, TargetHost::Address([127, 0, 0, 1].into()));
        assert_eq!((target.host_str(), target.port), ("127.0.0.1", 8080));
    }

    #[test]
    fn reserved_names_end_at_a_dot() {
        for name in ["localhost", "a.local", "internal", "single", "x.home.arpa"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["mylocalhost.com", "local.example.org", "thelocal.se", "home.arpa.example.org"]
        {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
