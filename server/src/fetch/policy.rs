//! What may be fetched.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::address::{Reach, reach};
use super::allow::Allow;
use super::error::{BuildError, Denied, Failure};
use super::local;
use super::target::{Target, TargetHost, is_reserved};

/// From where pictures are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FetchMode {
    /// From the public internet, and from the hosts and networks that are allowed besides.
    Public,
    /// Only from the hosts and networks that are allowed.
    Allowlist,
    /// From nowhere.
    Off,
}

/// Everything an operator can say about fetching.
///
/// The default fetches nothing; its limits suit a server that does.
#[derive(Debug, Clone)]
pub struct FetchPolicy {
    /// From where pictures are fetched.
    pub mode: FetchMode,
    /// Hosts and networks that may be fetched from, on any port. In [`FetchMode::Public`] these come on top
    /// of the public internet.
    pub allow: Vec<Allow>,
    /// Ports that may be fetched from where no [`Allow`] entry says otherwise.
    pub ports: Vec<u16>,
    /// Addresses that are refused whatever else is allowed: those this server itself listens on, so that it
    /// cannot be sent in circles. An unspecified address such as `0.0.0.0` stands for every address of this
    /// machine.
    pub deny: Vec<SocketAddr>,
    /// The most bytes of one picture.
    pub max_bytes: u64,
    /// The longest a fetch may take from its first look-up to its last byte, redirects included. A far end
    /// that sends one byte a second is within every other limit, so this one always applies.
    pub timeout: Duration,
    /// How many fetches may be under way at once. More are refused, not queued: a queue would only move the
    /// waiting to where nobody sees it.
    pub slots: usize,
    /// What the fetcher calls itself, best with a way to reach its operator.
    pub user_agent: String,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self {
            mode: FetchMode::Off,
            allow: Vec::new(),
            ports: vec![80, 443],
            deny: Vec::new(),
            max_bytes: 20 * 1024 * 1024,
            timeout: Duration::from_secs(10),
            slots: 16,
            user_agent: concat!("vitrine/", env!("CARGO_PKG_VERSION")).into(),
        }
    }
}

impl FetchPolicy {
    pub(super) fn check(&self) -> Result<(), BuildError> {
        if self.max_bytes == 0 {
            return Err(BuildError::Zero("the size limit of a fetch"));
        }
        if self.timeout.is_zero() {
            return Err(BuildError::Zero("the time limit of a fetch"));
        }
        if self.slots == 0 {
            return Err(BuildError::Zero("the number of fetches at once"));
        }
        Ok(())
    }

    /// Refuses names that no answer of a resolver could make acceptable, so that they are never looked up.
    pub(super) fn admit_name(&self, name: &str, port: u16) -> Result<(), Failure> {
        if self.names(name) {
            return Ok(());
        }
        if is_reserved(name) {
            return Err(Failure::denied(Denied::Host, format!("reserved name {name}")));
        }
        // Any name might have an address in an allowed network. Without one the answer is already known.
        if self.allow.iter().any(|entry| matches!(entry, Allow::Net(_))) {
            return Ok(());
        }
        match self.mode {
            FetchMode::Public if self.ports.contains(&port) => Ok(()),
            FetchMode::Public => Err(Failure::denied(Denied::Port, format!("port {port}"))),
            FetchMode::Allowlist | FetchMode::Off => {
                Err(Failure::denied(Denied::Host, format!("{name} is not on the allow-list")))
            }
        }
    }

    /// Checks every address a target has. One bad address refuses them all: a host that means well has no
    /// reason to mix, and one that does not would need only one.
    pub(super) fn admit(&self, target: &Target, addresses: &[IpAddr]) -> Result<(), Failure> {
        addresses.iter().try_for_each(|&address| self.admit_address(target, address))
    }

    fn admit_address(&self, target: &Target, address: IpAddr) -> Result<(), Failure> {
        let port = target.port;
        let denied = |denied, reason: &str| {
            Failure::denied(denied, format!("{address} port {port}: {reason}"))
        };
        if self.deny.iter().any(|own| own.port() == port && local::covers(own.ip(), address)) {
            return Err(denied(Denied::Host, "this server's own address"));
        }
        if self.allow.iter().any(|entry| matches!(entry, Allow::Net(net) if net.contains(&address)))
        {
            return Ok(());
        }
        let named = matches!(&target.host, TargetHost::Name(name) if self.names(name));
        match (reach(address), self.mode) {
            (_, FetchMode::Off) => Err(denied(Denied::Host, "fetching is off")),
            (Reach::Special(reason), _) => Err(denied(Denied::Host, reason)),
            (Reach::Public | Reach::Site(_), _) if named => Ok(()),
            (_, FetchMode::Allowlist) => Err(denied(Denied::Host, "not on the allow-list")),
            (Reach::Site(reason), FetchMode::Public) => Err(denied(Denied::Host, reason)),
            (Reach::Public, FetchMode::Public) if self.ports.contains(&port) => Ok(()),
            (Reach::Public, FetchMode::Public) => Err(denied(Denied::Port, "port")),
        }
    }

    fn names(&self, name: &str) -> bool {
        self.allow.iter().any(|entry| matches!(entry, Allow::Host(host) if host == name))
    }
}
