//! `vitrine serve`.

use std::{
    env,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use axum::{ServiceExt, extract::Request};
use axum_server::Handle;
use broker::Health;
use clap::{Args, value_parser};
use leptos::prelude::LeptosOptions;

use super::options::{FetchOptions, ModelOptions};
use crate::{
    http::{self, AppState, HEADER_TIMEOUT},
    service::{Limits, Service},
    shutdown::Signals,
    telemetry,
};

/// What `serve` can be told.
#[derive(Debug, Clone, Args)]
pub(super) struct Serve {
    /// Address and port to listen on
    #[arg(long, env = "VITRINE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:2017")]
    listen: SocketAddr,
    #[command(flatten)]
    models: ModelOptions,
    #[command(flatten)]
    fetch: FetchOptions,
    /// Pictures that may wait for the network; a further one is refused at once
    #[arg(long, env = "VITRINE_QUEUE", value_name = "N", default_value_t = 64,
        value_parser = value_parser!(u16).range(1..))]
    queue: u16,
    /// Pictures in one run of the network at most
    #[arg(long, env = "VITRINE_MAX_BATCH", value_name = "N", default_value_t = 8,
        value_parser = value_parser!(u16).range(1..=1024))]
    max_batch: u16,
    /// From a picture's arrival to its answer at most, in seconds
    #[arg(long, env = "VITRINE_TIMEOUT", value_name = "SECONDS", default_value_t = 30,
        value_parser = value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// How long requests under way are given when the server is asked to stop, in seconds
    #[arg(long, env = "VITRINE_DRAIN", value_name = "SECONDS", default_value_t = 35,
        value_parser = value_parser!(u64).range(0..=86_400))]
    drain: u64,
    /// Which log lines to write, in the syntax of RUST_LOG
    #[arg(long, env = "VITRINE_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
    /// Folder with the files for the browser [default: `site` beside the program, else target/site]
    #[arg(long, env = "LEPTOS_SITE_ROOT", value_name = "DIR")]
    site: Option<PathBuf>,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        telemetry::start(&self.log)?;
        let catalogue = self.models.catalogue()?;
        // Before the models are loaded, so that a port that is taken is known at once.
        let listener = listen(self.listen)?;
        let limits = Limits {
            queue: self.queue.into(),
            max_batch: self.max_batch.into(),
            timeout: Duration::from_secs(self.timeout),
            max_upload: self.fetch.max_upload,
            threads: self.models.threads(),
            fallback: !self.models.no_fallback,
        };
        let fetcher = self.fetch.fetcher(Some(listener.local_addr()?))?;
        let service = Service::start(catalogue, fetcher, limits, Arc::new(()))
            .context("cannot start the worker thread")?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("cannot start the runtime")?;
        let served = runtime.block_on(self.serve(listener, Arc::new(service)));
        // A look-up of a name or a picture that hangs must not keep the program from ending.
        runtime.shutdown_timeout(Duration::from_secs(1));
        served
    }

    async fn serve(self, listener: TcpListener, service: Arc<Service>) -> anyhow::Result<()> {
        let address = listener.local_addr()?;
        let state = AppState {
            leptos: self.leptos(address),
            backend: Arc::clone(&service) as _,
            max_upload: self.fetch.max_upload,
            // Twice what is admitted: who is refused for want of a place in the queue hears it
            // from the service, which knows more.
            max_bodies: 2 * (usize::from(self.queue) + usize::from(self.max_batch)),
            body_timeout: Duration::from_secs(self.timeout),
        };
        let router = http::router(state);
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(listener)?.first_request_timeout(HEADER_TIMEOUT);
        server.http_builder().http1().header_read_timeout(HEADER_TIMEOUT);
        let serving =
            server.handle(handle.clone()).serve(ServiceExt::<Request>::into_make_service(router));
        // Before anybody is told that they may come, since they may also tell us to go.
        let mut signals = Signals::new().context("cannot listen for signals")?;
        tracing::info!("listening on http://{address}/");
        tokio::spawn(report_health(Arc::clone(&service)));

        let grace = Duration::from_secs(self.drain);
        tokio::spawn(async move {
            let signal = signals.next().await;
            tracing::info!("{signal}: finishing what was accepted");
            handle.graceful_shutdown(Some(grace));
            let signal = signals.next().await;
            tracing::warn!("{signal} again: leaving at once");
            handle.shutdown();
        });
        serving.await.context("the server stopped")?;
        // Only now, since a request under way may still need the worker.
        if let Err(error) = service.shutdown(grace).await {
            tracing::warn!(%error, "the worker was not done in time");
        }
        tracing::info!("stopped");
        Ok(())
    }

    fn leptos(&self, address: SocketAddr) -> LeptosOptions {
        let site = self.site.clone().unwrap_or_else(default_site);
        http::assets::leptos_options(&site, address)
    }
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; is it taken? Choose another one with --listen")
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn default_site() -> PathBuf {
    let beside = env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("site")));
    beside.filter(|site| site.is_dir()).unwrap_or_else(|| Path::new("target/site").to_owned())
}

/// Writes a line when the worker is ready, or why it never will be.
async fn report_health(service: Arc<Service>) {
    let mut health = service.health();
    loop {
        // A copy: the channel must not stay locked while the service looks into it, too.
        let now = health.borrow_and_update().clone();
        match now {
            Health::Ready => service.report(),
            Health::Failed(reason) => tracing::error!(%reason, "the worker cannot start"),
            Health::Loading | Health::Draining | Health::Stopped => {}
        }
        if health.changed().await.is_err() {
            return;
        }
    }
}
