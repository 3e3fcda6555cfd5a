//! From the first request to the last.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use axum::{Router, ServiceExt, extract::Request};
use axum_server::Handle;
use tokio::{sync::watch, time::timeout};
use tower_http::normalize_path::NormalizePath;

use super::{
    Serve, access,
    admin::Listening,
    ending::{self, Listeners},
    fetching, grpc, idling, listening, watching,
};
use crate::{access::KeyRing, admin::Admin, http::HEADER_TIMEOUT, shutdown::Signals};

/// The ways in.
pub(super) struct Ways {
    pub(super) public: TcpListener,
    pub(super) grpc: Option<TcpListener>,
    pub(super) admin: Option<Listening>,
    pub(super) keys: Option<Arc<KeyRing>>,
}

impl Serve {
    /// Answers on all ways until the program is told to stop, and lets go of them in their order.
    ///
    /// # Errors
    ///
    /// What the system reports.
    pub(super) async fn answer(
        self,
        ways: Ways,
        router: NormalizePath<Router>,
        admin: Admin,
    ) -> anyhow::Result<()> {
        let Ways { public: listener, grpc, admin: admin_way, keys } = ways;
        let service = Arc::clone(&admin.service);
        let access = admin.state.operations.access.clone();
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(listener)?.first_request_timeout(HEADER_TIMEOUT);
        server.http_builder().http1().header_read_timeout(HEADER_TIMEOUT);
        let peers =
            ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(router);
        let serving = server.handle(handle.clone()).serve(peers);
        // Before anybody is told that they may come, since they may also tell us to go.
        let signals = Signals::new().context("cannot listen for signals")?;
        tracing::info!("listening on http://{address}/");
        let admin = admin_way.map(|way| way.start(admin)).transpose()?;
        if let Some(keys) = keys {
            access::reread(keys).context("cannot listen for SIGHUP")?;
        }
        listening::file_away(&service);
        idling::start(&service);
        watching::start(Arc::clone(service.registry()), Duration::from_secs(self.watch))
            .context("cannot listen for SIGHUP")?;
        if self.pull {
            fetching::start(Arc::clone(service.registry()), self.mirror.settings())?;
        }
        tokio::spawn({
            let service = Arc::clone(&service);
            async move {
                service.settled().await;
                service.report();
            }
        });

        let grace = Duration::from_secs(self.drain);
        let linger = Duration::from_secs(self.linger);
        let (stopping, stop) = watch::channel(false);
        let calls = grpc.map(|listener| grpc::start(Arc::clone(&service), access, listener, stop));
        let calls = calls.transpose()?;
        let listeners = Listeners { http: handle, grpc: stopping };
        tokio::spawn(ending::on_signal(signals, Arc::clone(&service), listeners, linger, grace));
        serving.await.context("the server stopped")?;
        if let Some(calls) = calls {
            let _ = timeout(grace, calls).await;
        }
        // Only now, since a request under way may still need the worker.
        if let Err(error) = service.shutdown(grace).await {
            tracing::warn!(%error, "the worker was not done in time");
        }
        if let Some(admin) = admin {
            // Last, so that how the end goes can be watched.
            admin.shutdown();
        }
        tracing::info!("stopped");
        Ok(())
    }
}
