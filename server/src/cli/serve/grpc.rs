//! Answering gRPC beside HTTP.

use std::{net::TcpListener, sync::Arc};

use tokio::{sync::watch, task::JoinHandle};

use crate::{access::Access, error_chain::error_chain, service::Service};

/// Answers until it is time to stop. The task ends when the calls under way are answered.
///
/// # Errors
///
/// When the runtime does not take the listener.
pub(super) fn start(
    service: Arc<Service>,
    access: Access,
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<JoinHandle<()>> {
    let address = listener.local_addr()?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tracing::info!("answering gRPC on {address}");
    Ok(tokio::spawn(async move {
        let stop = async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        if let Err(error) = crate::grpc::serve(service, access, listener, stop).await {
            tracing::error!(reason = error_chain(&error), "gRPC is no longer answered");
        }
    }))
}
