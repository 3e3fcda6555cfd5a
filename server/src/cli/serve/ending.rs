//! The end of a server, as it is asked for by signals.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum_server::Handle;
use tokio::sync::watch;

use crate::{service::Service, shutdown::Signals};

/// What stops the listeners.
pub(super) struct Listeners {
    pub(super) http: Handle<SocketAddr>,
    pub(super) grpc: watch::Sender<bool>,
}

/// Waits for a signal and then lets the server end: it says so to probes, goes on for `linger`,
/// then takes nothing new and gives what it has accepted `grace`. A second signal ends it at once.
pub(super) async fn on_signal(
    mut signals: Signals,
    service: Arc<Service>,
    listeners: Listeners,
    linger: Duration,
    grace: Duration,
) {
    let signal = signals.next().await;
    service.drain();
    tracing::info!("{signal}: finishing what was accepted");
    // Whoever sends requests here needs a moment to notice.
    let mut second = tokio::time::timeout(linger, signals.next()).await.ok();
    if second.is_none() {
        listeners.grpc.send_replace(true);
        listeners.http.graceful_shutdown(Some(grace));
        second = Some(signals.next().await);
    }
    tracing::warn!("{} again: leaving at once", second.unwrap_or(signal));
    listeners.grpc.send_replace(true);
    listeners.http.shutdown();
}
