//! `vitrine serve`.

mod fetching;
mod grpc;
mod watching;

use std::{
    env,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use axum::{Router, ServiceExt, extract::Request};
use axum_server::Handle;
use clap::{Args, builder::FalseyValueParser, value_parser};
use leptos::prelude::LeptosOptions;
use tokio::{sync::watch, time::timeout};
use tower_http::normalize_path::NormalizePath;

use super::options::{FetchOptions, MirrorOptions, ModelOptions};
use crate::{
    http::{self, AppState, HEADER_TIMEOUT},
    mount::Mounts,
    registry::{Loading, Preload},
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
    /// Address and port to answer gRPC on, such as 127.0.0.1:8001 [default: it is not answered]
    #[arg(long, env = "VITRINE_GRPC", value_name = "ADDRESS")]
    grpc: Option<SocketAddr>,
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
    /// Models to load at the start: all, none, or names; the others are loaded when they are asked
    #[arg(long, env = "VITRINE_PRELOAD", value_name = "all|none|NAME,...", default_value = "all")]
    preload: Preload,
    /// Models in memory at most; one that was not asked for the longest time gives way [default: all]
    #[arg(long, env = "VITRINE_MAX_LOADED", value_name = "N", value_parser = value_parser!(u16).range(1..))]
    max_loaded: Option<u16>,
    /// How often to look for new, changed and removed models, in seconds; 0 is only on SIGHUP
    #[arg(long, env = "VITRINE_WATCH", value_name = "SECONDS", default_value_t = 2,
        value_parser = value_parser!(u64).range(0..=86_400))]
    watch: u64,
    /// Download the weights that are not here, while the models' fallbacks answer
    #[arg(long, env = "VITRINE_PULL", value_parser = FalseyValueParser::new())]
    pull: bool,
    #[command(flatten)]
    mirror: MirrorOptions,
    /// Which log lines to write, in the syntax of RUST_LOG
    #[arg(long, env = "VITRINE_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
    /// Folder with the files for the browser [default: `site` beside the program, else target/site]
    #[arg(long, env = "LEPTOS_SITE_ROOT", value_name = "DIR")]
    site: Option<PathBuf>,
}

impl Serve {
    pub(super) fn run(
        self,
        mount: impl FnOnce(&mut Mounts) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        telemetry::start(&self.log)?;
        let catalogue = self.models.catalogue()?;
        // Before the models are loaded, so that a port that is taken is known at once.
        let listener = listen(self.listen, "--listen")?;
        let grpc = self.grpc.map(|address| listen(address, "--grpc")).transpose()?;
        let limits = Limits {
            queue: self.queue.into(),
            max_batch: self.max_batch.into(),
            timeout: Duration::from_secs(self.timeout),
            max_upload: self.fetch.max_upload,
            fallback: !self.models.no_fallback,
            loading: Loading {
                preload: self.preload.clone(),
                max_loaded: self.max_loaded.map(usize::from),
                threads: self.models.threads(),
            },
        };
        let fetcher = self.fetch.fetcher(Some(listener.local_addr()?))?;
        let service = Service::start(catalogue, fetcher, limits, Arc::new(()))
            .context("cannot start the worker thread")?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("cannot start the runtime")?;
        let service = Arc::new(service);
        let state = self.state(listener.local_addr()?, &service);
        let mut mounts = Mounts::new(Arc::clone(&service), state.clone());
        mount(&mut mounts)?;
        let router = http::router(&state, mounts.into_router());
        let served = runtime.block_on(self.serve(listener, grpc, service, router));
        // A look-up of a name or a picture that hangs must not keep the program from ending.
        runtime.shutdown_timeout(Duration::from_secs(1));
        served
    }

    fn state(&self, address: SocketAddr, service: &Arc<Service>) -> AppState {
        AppState {
            leptos: self.leptos(address),
            backend: Arc::clone(service) as _,
            max_upload: self.fetch.max_upload,
            // Twice what is admitted: who is refused for want of a place in the queue hears it
            // from the service, which knows more.
            max_bodies: 2 * (usize::from(self.queue) + usize::from(self.max_batch)),
            body_timeout: Duration::from_secs(self.timeout),
        }
    }

    async fn serve(
        self,
        listener: TcpListener,
        grpc: Option<TcpListener>,
        service: Arc<Service>,
        router: NormalizePath<Router>,
    ) -> anyhow::Result<()> {
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(listener)?.first_request_timeout(HEADER_TIMEOUT);
        server.http_builder().http1().header_read_timeout(HEADER_TIMEOUT);
        let serving =
            server.handle(handle.clone()).serve(ServiceExt::<Request>::into_make_service(router));
        // Before anybody is told that they may come, since they may also tell us to go.
        let mut signals = Signals::new().context("cannot listen for signals")?;
        tracing::info!("listening on http://{address}/");
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
        let (stopping, stop) = watch::channel(false);
        let calls = grpc.map(|listener| grpc::start(Arc::clone(&service), listener, stop));
        let calls = calls.transpose()?;
        tokio::spawn(async move {
            let signal = signals.next().await;
            tracing::info!("{signal}: finishing what was accepted");
            stopping.send_replace(true);
            handle.graceful_shutdown(Some(grace));
            let signal = signals.next().await;
            tracing::warn!("{signal} again: leaving at once");
            handle.shutdown();
        });
        serving.await.context("the server stopped")?;
        if let Some(calls) = calls {
            let _ = timeout(grace, calls).await;
        }
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

fn listen(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; is it taken? Choose another one with {option}")
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn default_site() -> PathBuf {
    let beside = env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("site")));
    beside.filter(|site| site.is_dir()).unwrap_or_else(|| Path::new("target/site").to_owned())
}
