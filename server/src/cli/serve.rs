//! `vitrine serve`.

mod access;
mod admin;
mod effective;
mod ending;
mod fetching;
mod grpc;
mod idling;
mod listening;
mod running;
mod watching;

use std::{
    env,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    thread::available_parallelism,
    time::Duration,
};

use anyhow::Context;
use clap::{Args, builder::FalseyValueParser, value_parser};
use leptos::prelude::LeptosOptions;

use self::{access::AccessOptions, admin::AdminOptions};
use super::options::{FetchOptions, MirrorOptions, ModelOptions};
use crate::{
    access::KeyRing,
    admin::Admin,
    http::{self, AppState, Exposition, Operations},
    mount::Mounts,
    registry::{Loading, Preload},
    service::{Limits, Service},
    telemetry::{self, LogFormat},
};
pub(crate) use effective::effective;
use listening::listen;
use running::Ways;

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
    /// Bytes for answers to keep, so that an equal picture is answered without the network
    #[arg(long, env = "VITRINE_CACHE", value_name = "BYTES", default_value_t = 0)]
    cache: u64,
    /// From a picture's arrival to its answer at most, in seconds
    #[arg(long, env = "VITRINE_TIMEOUT", value_name = "SECONDS", default_value_t = 30,
        value_parser = value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// How long requests under way are given when the server is asked to stop, in seconds
    #[arg(long, env = "VITRINE_DRAIN", value_name = "SECONDS", default_value_t = 35,
        value_parser = value_parser!(u64).range(0..=86_400))]
    drain: u64,
    /// How long to go on taking requests after that, while /readyz already says no, in seconds
    #[arg(long, env = "VITRINE_LINGER", value_name = "SECONDS", default_value_t = 0,
        value_parser = value_parser!(u64).range(0..=86_400))]
    linger: u64,
    /// How long one batch may last before /livez gives the process up, in seconds
    #[arg(long, env = "VITRINE_STUCK_AFTER", value_name = "SECONDS", default_value_t = 120,
        value_parser = value_parser!(u64).range(1..=86_400))]
    stuck_after: u64,
    #[command(flatten)]
    access: AccessOptions,
    #[command(flatten)]
    admin: AdminOptions,
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
    /// How log lines look
    #[arg(
        long,
        env = "VITRINE_LOG_FORMAT",
        value_name = "FORMAT",
        value_enum,
        default_value = "text"
    )]
    log_format: LogFormat,
    /// Folder with the files for the browser [default: `site` beside the program, else target/site]
    #[arg(long, env = "LEPTOS_SITE_ROOT", value_name = "DIR")]
    site: Option<PathBuf>,
}

impl Serve {
    pub(super) fn run(
        self,
        config: serde_json::Value,
        mount: impl FnOnce(&mut Mounts) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let telemetry = telemetry::start(&self.log, self.log_format)?;
        let catalogue = self.models.catalogue()?;
        // Before the models are loaded, so that a port that is taken is known at once.
        let listener = listen(self.listen, "--listen")?;
        let grpc = self.grpc.map(|address| listen(address, "--grpc")).transpose()?;
        let keys = self.access.keys()?;
        let admin = self.admin.listen(keys.as_ref())?;
        let limits = Limits {
            queue: self.queue.into(),
            max_batch: self.max_batch.into(),
            timeout: Duration::from_secs(self.timeout),
            stuck_after: Duration::from_secs(self.stuck_after),
            max_upload: self.fetch.max_upload,
            cache: self.cache,
            fallback: !self.models.no_fallback,
            full_decode: self.models.full_decode,
            loading: Loading {
                preload: self.preload.clone(),
                max_loaded: self.max_loaded.map(usize::from),
                compute: self.models.compute()?,
            },
        };
        // The admin listener above all: a picture's address must not reach it.
        let own = [
            Some(listener.local_addr()?),
            grpc.as_ref().map(TcpListener::local_addr).transpose()?,
            admin.as_ref().map(|admin| admin.address),
        ];
        let own = own.into_iter().flatten();
        let fetcher = self.fetch.fetcher(own)?;
        let service = Service::start(catalogue, fetcher, limits, Arc::new(()))
            .context("cannot start the worker thread")?;
        let several = available_parallelism().is_ok_and(|cores| cores.get() > 1);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .on_thread_start(move || {
                // They have little to do at a time, beside threads that compute without end.
                scheduling::prefer_latency();
                // Of several cores there is one soon that no network runs on.
                if several {
                    scheduling::give_way();
                }
            })
            .build()
            .context("cannot start the runtime")?;
        let service = Arc::new(service);
        let state = self.state(listener.local_addr()?, &service, keys.clone());
        let mut mounts = Mounts::new(Arc::clone(&service), state.clone());
        mount(&mut mounts)?;
        let router = http::router(&state, mounts.into_router());
        let ways = Ways { public: listener, grpc, admin, keys };
        let log = telemetry.level();
        let admin = Admin { service, state, log, config: Arc::new(config), keys: None };
        let served = runtime.block_on(self.answer(ways, router, admin));
        // A look-up of a name or a picture that hangs must not keep the program from ending.
        runtime.shutdown_timeout(Duration::from_secs(1));
        served
    }

    fn state(
        &self,
        address: SocketAddr,
        service: &Arc<Service>,
        keys: Option<Arc<KeyRing>>,
    ) -> AppState {
        AppState {
            leptos: self.leptos(address).into(),
            backend: Arc::clone(service) as _,
            max_upload: self.fetch.max_upload,
            // Twice what is admitted: who is refused for want of a place in the queue hears it
            // from the service, which knows more.
            max_bodies: 2 * (usize::from(self.queue) + usize::from(self.max_batch)),
            body_timeout: Duration::from_secs(self.timeout),
            operations: self.operations(service, keys).into(),
        }
    }

    fn operations(&self, service: &Arc<Service>, keys: Option<Arc<KeyRing>>) -> Operations {
        let meters = Arc::clone(service.meters());
        let exposition = self.access.public_metrics.then(|| {
            let service = Arc::clone(service);
            Arc::new(move || service.exposition()) as Exposition
        });
        Operations {
            access: self.access.access(keys, Arc::clone(&meters)),
            origins: self.access.origins(),
            meters: Some(meters),
            exposition,
        }
    }

    fn leptos(&self, address: SocketAddr) -> LeptosOptions {
        let site = self.site.clone().unwrap_or_else(default_site);
        http::assets::leptos_options(&site, address)
    }
}

fn default_site() -> PathBuf {
    let beside = env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("site")));
    beside.filter(|site| site.is_dir()).unwrap_or_else(|| Path::new("target/site").to_owned())
}
