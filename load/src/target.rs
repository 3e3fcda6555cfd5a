//! Who is asked.

use std::{
    io,
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

use http::{HeaderValue, Uri, uri::PathAndQuery};
use thiserror::Error;

/// How long the first connection may take, which only finds out where somebody listens.
const FIRST_CONNECTION: Duration = Duration::from_secs(5);

/// An address, resolved once so that no measurement contains a look-up of a name.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it is.
    pub address: SocketAddr,
    /// What is asked for there.
    pub path: PathAndQuery,
    /// The `Host` header.
    pub host: HeaderValue,
}

/// Why nobody can be asked.
#[derive(Debug, Error)]
pub enum TargetError {
    /// Not `http://host[:port]/path`.
    #[error("{0:?} cannot be measured: give an address such as http://127.0.0.1:2017/vgg")]
    Address(String),
    /// The name is not known.
    #[error("cannot look up {host:?}")]
    Name {
        /// The name.
        host: String,
        /// What the resolver says.
        source: io::Error,
    },
    /// Nobody listens, at none of the addresses of the name.
    #[error("nobody answers at {host:?}: is the server running?")]
    Unreachable {
        /// Name and port.
        host: String,
        /// What came of the last try.
        source: io::Error,
    },
}

impl Target {
    /// Reads an `http` address, looks up its name, and connects once to see which of the addresses
    /// of the name answers.
    ///
    /// # Errors
    ///
    /// When the address is not of `http`, its name is unknown or nobody listens.
    pub fn resolve(url: &str) -> Result<Self, TargetError> {
        let wrong = || TargetError::Address(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http"));
        let authority = authority.ok_or_else(wrong)?;
        let host = authority.as_str().to_owned();
        let name = authority.host().trim_start_matches('[').trim_end_matches(']');
        let addresses = (name, authority.port_u16().unwrap_or(80)).to_socket_addrs();
        let addresses =
            addresses.map_err(|source| TargetError::Name { host: host.clone(), source })?;
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in addresses {
            match TcpStream::connect_timeout(&address, FIRST_CONNECTION) {
                Ok(_) => {
                    let path = uri.path_and_query().cloned();
                    let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
                    let host = HeaderValue::from_str(&host).map_err(|_| wrong())?;
                    return Ok(Self { address, path, host });
                }
                Err(error) => last = error,
            }
        }
        Err(TargetError::Unreachable { host, source: last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_with_a_host_is_an_address() {
        for url in ["https://localhost/", "localhost:80", "/vgg", "", "http://"] {
            let error = Target::resolve(url).map(|target| target.address);
            assert!(matches!(error, Err(TargetError::Address(_))), "{url:?}: {error:?}");
        }
    }
}
