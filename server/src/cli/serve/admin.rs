//! The admin listener.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use axum_server::Handle;
use clap::{Args, builder::FalseyValueParser};

use super::listening::listen;
use crate::{
    access::KeyRing,
    admin::{self, Admin},
    http::HEADER_TIMEOUT,
};

/// What `serve` can be told about it.
#[derive(Debug, Clone, Args)]
pub(super) struct AdminOptions {
    /// Address and port for whoever runs the server: metrics, models, log, configuration
    #[arg(long = "admin", env = "VITRINE_ADMIN", value_name = "ADDRESS")]
    admin: Option<SocketAddr>,
    /// Let the admin listener be reached from elsewhere without a key
    #[arg(long, env = "VITRINE_ADMIN_OPEN", requires = "admin", value_parser = FalseyValueParser::new())]
    admin_open: bool,
}

/// An admin listener that does not answer yet.
#[derive(Debug)]
pub(super) struct Listening {
    listener: TcpListener,
    /// Where it is.
    pub(super) address: SocketAddr,
    keys: Option<Arc<KeyRing>>,
}

impl AdminOptions {
    /// Listens, if it is wanted.
    ///
    /// # Errors
    ///
    /// When the address is taken, or open to strangers.
    pub(super) fn listen(&self, keys: Option<&Arc<KeyRing>>) -> anyhow::Result<Option<Listening>> {
        let Some(address) = self.admin else { return Ok(None) };
        let keys = keys.filter(|keys| keys.has_admin()).cloned();
        admin::check(address, keys.is_some(), self.admin_open)?;
        let listener = listen(address, "--admin")?;
        let address = listener.local_addr()?;
        Ok(Some(Listening { listener, address, keys }))
    }
}

impl Listening {
    /// Answers until the handle says otherwise.
    ///
    /// # Errors
    ///
    /// When the system does not let it.
    pub(super) fn start(self, admin: Admin) -> anyhow::Result<Handle<SocketAddr>> {
        let router = admin::router(Admin { keys: self.keys, ..admin });
        let handle = Handle::new();
        let mut server =
            axum_server::from_tcp(self.listener)?.first_request_timeout(HEADER_TIMEOUT);
        server.http_builder().http1().header_read_timeout(HEADER_TIMEOUT);
        let serving = server.handle(handle.clone()).serve(router.into_make_service());
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the admin listener stopped");
            }
        });
        tracing::info!("admin listening on http://{}/", self.address);
        Ok(handle)
    }
}
