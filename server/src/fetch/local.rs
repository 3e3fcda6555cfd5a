//! Which addresses are this machine's own.

use std::net::{IpAddr, SocketAddr, UdpSocket};

/// Whether a socket listening on `listen` takes connections made to `address`.
pub(super) fn covers(listen: IpAddr, address: IpAddr) -> bool {
    let (listen, address) = (listen.to_canonical(), address.to_canonical());
    if !listen.is_unspecified() {
        return listen == address;
    }
    address.is_unspecified() || address.is_loopback() || is_local(address)
}

/// Only an address of this machine can be bound. This asks the kernel, sends nothing, and unlike a list of
/// interfaces is never out of date.
fn is_local(address: IpAddr) -> bool {
    UdpSocket::bind(SocketAddr::new(address, 0)).is_ok()
}
