//! What is behind the page and every protocol: requests are let in, and their pictures scored.

mod admission;
mod answer;
mod ask;
mod backend;
mod beside;
mod cache;
mod classify;
mod decoders;
mod explain;
pub(crate) mod faults;
mod intake;
mod label;
mod look;
mod shown;
mod standing;
mod timing;
mod visit;
mod way;

use std::{
    convert::Infallible,
    sync::{Arc, RwLock, atomic::AtomicBool},
    time::Duration,
};

use app::{problem::Problem, wire::ModelState};
use broker::{Broker, Config, Health, Observer};
use vision::decode::DecodeLimits;

pub use crate::meters::ModelStatistics;
use crate::{
    catalogue::Catalogue,
    fetch::Fetcher,
    meters::Meters,
    registry::{Loaded, Loading, Registry, Unavailable, Version},
    worker::Worker,
};
use admission::Shares;
pub use ask::Ask;
pub(crate) use beside::Beside;
use cache::ResultCache;
pub(crate) use classify::NO_PICTURE;
use decoders::Decoders;
pub(crate) use timing::Times;
pub(crate) use visit::unwatched;
pub use visit::{Item, Scored, Visit};
use way::Way;

/// How much is taken, and how long it may last.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Pictures waiting for the worker at most, and pictures of one request.
    pub queue: usize,
    /// Pictures in one run of a network at most.
    pub max_batch: usize,
    /// From a picture's arrival to its answer at most.
    pub timeout: Duration,
    /// How long one run of a network may last before the worker counts as stuck for good.
    pub stuck_after: Duration,
    /// Largest picture as encoded, in bytes.
    pub max_upload: u64,
    /// Bytes for answers that are kept; 0 to keep none.
    pub cache: u64,
    /// Whether a model without weights may be stood in for by its fallback.
    pub fallback: bool,
    /// Whether every JPEG is decoded at its full size, and not one that shrinks very much at half or at
    /// quarter scale.
    pub full_decode: bool,
    /// Which models are loaded, and when. As many pictures are decoded at a time as libtorch has
    /// threads.
    pub loading: Loading,
}

/// The classifier: models, worker, and the way to them.
#[derive(Debug)]
pub struct Service {
    registry: Arc<Registry>,
    way: Arc<Way>,
    /// One place for each picture between its arrival and its answer, so that pictures waiting
    /// to be decoded are bounded too and not only those that wait for the worker. The only door:
    /// the broker has a place for whoever is let in.
    admission: Arc<Shares>,
    meters: Arc<Meters>,
    /// What is served beside the models.
    beside: RwLock<Vec<Box<dyn Beside>>>,
    /// Whether the program is about to end.
    draining: AtomicBool,
}

impl Service {
    /// Starts the worker, which begins to load the models, and returns at once.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn start(
        catalogue: Catalogue,
        fetcher: Fetcher,
        limits: Limits,
        observer: Arc<dyn Observer>,
    ) -> std::io::Result<Self> {
        let places = limits.queue + limits.max_batch;
        let config = Config {
            name: "vitrine-worker".to_owned(),
            queue: places,
            max_batch: limits.max_batch,
        };
        let meters = Arc::new(Meters::default());
        let broker = Broker::start(config, observer, {
            let (meters, max_batch) = (Arc::clone(&meters), limits.max_batch);
            move || Ok::<_, Infallible>(Worker::new(meters, max_batch))
        })?;
        let registry = Registry::start(catalogue, limits.loading.clone(), limits.max_batch)?;
        let admission = Shares::new(places);
        let way = Arc::new(Way {
            fetcher,
            decode_limits: DecodeLimits::default(),
            decoders: Decoders::start(limits.loading.compute.threads)?,
            broker,
            cache: ResultCache::new(limits.cache),
            limits,
        });
        let draining = AtomicBool::new(false);
        Ok(Self { registry, way, admission, meters, beside: RwLock::default(), draining })
    }

    /// How much is taken, and how long it may last.
    pub fn limits(&self) -> &Limits {
        &self.way.limits
    }

    /// What a picture passes before it comes to a network.
    pub(crate) fn way(&self) -> &Way {
        &self.way
    }

    /// The models.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// What has become of all pictures.
    pub fn meters(&self) -> &Arc<Meters> {
        &self.meters
    }

    /// Waits until the worker is ready, and what is loaded at the start is loaded or has failed.
    pub async fn settled(&self) {
        self.started().await;
        // The channel is not closed while this service lives.
        let _ = self.registry.settled().wait_for(|settled| *settled).await;
    }

    /// Waits until the worker is ready, or has failed.
    async fn started(&self) {
        // The channel is not closed while this service lives.
        let _ = self.way.broker.health().wait_for(|health| *health != Health::Loading).await;
    }

    /// Gives freed memory back to the system, for when there is nothing to do.
    pub fn give_back_memory(&self) {
        self.way.decoders.give_back();
        allocator::give_back();
    }

    /// Takes nothing more, lets the worker finish what it has, and ends its thread.
    ///
    /// # Errors
    ///
    /// When that takes longer than `grace`.
    pub async fn shutdown(&self, grace: Duration) -> Result<(), broker::ShutdownError> {
        self.way.broker.shutdown(grace).await
    }

    /// Writes a line in the log for every model: what it is doing, and who stands in for it.
    pub fn report(&self) {
        for version in self.registry.versions() {
            let model = &version.card().name;
            let stand_in = version.card().fallback.as_ref().filter(|_| self.way.limits.fallback);
            match (self.state(&version), stand_in) {
                (ModelState::Ready, _) => tracing::info!("/{model} is served by {model}"),
                (ModelState::Standby, _) => tracing::info!("/{model} is loaded when it is asked"),
                (ModelState::Absent { hint }, Some(other)) => tracing::warn!(
                    "/{model} is served by {other}, since its own weights are not here; bring them with: {hint}"
                ),
                (ModelState::Absent { hint }, None) => tracing::warn!(
                    "/{model} answers 503, since its weights are not here; bring them with: {hint}"
                ),
                (ModelState::Failed { reason }, _) => {
                    tracing::error!("/{model} answers 503: {reason}");
                }
                (ModelState::Fetching { .. } | ModelState::Loading | ModelState::Unloaded, _) => {}
            }
        }
    }

    /// The model that answers for the one that was asked for, in memory.
    async fn resolve(&self, name: &str, stand_in: bool) -> Result<Arc<Loaded>, Problem> {
        let unavailable = match self.registry.loaded(name).await {
            Ok(loaded) => return Ok(loaded),
            Err(unavailable) => unavailable,
        };
        match (&unavailable, self.stand_in(name).filter(|_| stand_in)) {
            (
                Unavailable::State(_, ModelState::Absent { .. } | ModelState::Fetching { .. }),
                Some(fallback),
            ) => self.registry.loaded(&fallback).await.map_err(|error| refused(name, error)),
            _ => Err(refused(name, unavailable)),
        }
    }

    /// The name of the model that may stand in for another one.
    fn stand_in(&self, name: &str) -> Option<String> {
        let version = self.registry.version(name)?;
        let fallback = version.card().fallback.clone().filter(|_| self.way.limits.fallback)?;
        self.registry.version(&fallback).map(|_| fallback)
    }

    fn state(&self, version: &Version) -> ModelState {
        // A worker that is gone cannot answer, whatever is loaded.
        match &*self.way.broker.health().borrow() {
            Health::Failed(_) => ModelState::Failed { reason: "The worker is gone.".to_owned() },
            _ => version.state(),
        }
    }
}

fn refused(name: &str, unavailable: Unavailable) -> Problem {
    match unavailable {
        Unavailable::Unknown => faults::unknown_model(name),
        Unavailable::State(model, state) => faults::not_ready(&model, &state),
    }
}
