//! Small things that a listener needs.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;

use crate::service::Service;

/// Listens at an address that the flag has given.
///
/// # Errors
///
/// When it is taken or not ours.
pub(super) fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; is it taken? Choose another one with {flag}")
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// How often single times are filed away: a few thousand numbers are held meanwhile.
const FILING: Duration = Duration::from_secs(5);

/// Files the meters' single times away as long as the program runs.
pub(super) fn file_away(service: &Service) {
    let meters = Arc::clone(service.meters());
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(FILING);
        loop {
            ticks.tick().await;
            meters.file_away();
        }
    });
}
