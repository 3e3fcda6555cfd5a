//! What is behind the page and every protocol: requests are let in, and their pictures scored.

mod admission;
mod answer;
mod beside;
mod cache;
mod explain;
pub(crate) mod faults;
mod intake;
mod label;
mod look;
mod standing;
mod visit;
mod way;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, RwLock, atomic::AtomicBool},
    time::Duration,
};

use app::{
    classify::{Answer, Classifier, Explaining, Request, Watcher, WhyRequest},
    problem::Problem,
    wire::{ExamplePicture, ModelState, ModelStatus, ModelSummary, ServerStatus},
};
use broker::{Broker, Config, Health, Observer};
use bytes::Bytes;
use tokio::sync::Semaphore;
use vision::decode::DecodeLimits;

pub use crate::meters::ModelStatistics;
use crate::{
    access,
    backend::{self, Backend, Readiness, Visiting},
    catalogue::{Catalogue, file_name},
    fetch::Fetcher,
    meters::Meters,
    registry::{Loaded, Loading, Registry, Unavailable, Version},
    worker::Worker,
};
use admission::Shares;
pub(crate) use beside::Beside;
use cache::ResultCache;
pub use visit::{Ask, Item, Scored, Visit};
pub(crate) use visit::{NO_PICTURE, Times, unwatched};
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
        let config = Config {
            name: "vitrine-worker".to_owned(),
            queue: limits.queue + limits.max_batch,
            max_batch: limits.max_batch,
        };
        let meters = Arc::new(Meters::default());
        let broker = Broker::start(config, observer, {
            let meters = Arc::clone(&meters);
            move || Ok::<_, Infallible>(Worker::new(meters))
        })?;
        let registry = Registry::start(catalogue, limits.loading.clone(), limits.max_batch)?;
        let admission = Shares::new(limits.queue + limits.max_batch);
        let way = Arc::new(Way {
            fetcher,
            decode_limits: DecodeLimits::default(),
            decoding: Arc::new(Semaphore::new(limits.loading.compute.threads.get())),
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

    /// The version whose pictures are shown: a stand-in is tried with its own, which show what it
    /// knows.
    fn shown(&self, version: &Version) -> Version {
        let stand_in = match version.state() {
            ModelState::Absent { .. } | ModelState::Fetching { .. } => {
                self.stand_in(&version.card().name)
            }
            _ => None,
        };
        stand_in.and_then(|name| self.registry.version(&name)).unwrap_or_else(|| version.clone())
    }

    fn summary(&self, version: &Version) -> ModelSummary {
        let card = version.card();
        let shown = self.shown(version);
        let shown = shown.card();
        let examples = shown.examples.iter().map(|example| {
            let file = file_name(&example.path);
            ExamplePicture {
                path: format!("/models/{}/{file}", shown.name),
                file,
                title: example.title.clone(),
                credit: format!("{}, {}", example.credit, example.licence),
            }
        });
        ModelSummary {
            name: card.name.clone(),
            title: card.title.clone(),
            description: card.description.clone(),
            architecture: card.architecture.name(),
            compute: version.compute().map(|compute| compute.to_string()),
            input_size: card.preprocess.size,
            classes: card.labels.len() as u32,
            licence: card.licence.clone(),
            state: self.state(version),
            outdated: version.outdated,
            fallback: card.fallback.clone().filter(|_| self.way.limits.fallback),
            examples: examples.collect(),
            max_upload: self.way.limits.max_upload,
        }
    }
}

fn refused(name: &str, unavailable: Unavailable) -> Problem {
    match unavailable {
        Unavailable::Unknown => faults::unknown_model(name),
        Unavailable::State(model, state) => faults::not_ready(&model, &state),
    }
}

impl Classifier for Service {
    fn models(&self) -> Vec<ModelSummary> {
        self.registry.versions().iter().map(|version| self.summary(version)).collect()
    }

    fn model(&self, name: &str) -> Option<ModelSummary> {
        self.registry.version(name).map(|version| self.summary(&version))
    }

    fn watch(&self, request: Request, watcher: Watcher) -> Answer<'_> {
        Box::pin(self.answer(request, watcher))
    }

    fn explain(&self, request: WhyRequest, watcher: Watcher) -> Explaining<'_> {
        Box::pin(self.why(request, watcher))
    }

    fn status(&self) -> ServerStatus {
        let (requests, tallies) = (self.requests(), self.meters.tallies());
        let versions = self.registry.versions();
        let models = versions.iter().map(|version| {
            let card = version.card();
            ModelStatus {
                name: card.name.clone(),
                state: self.state(version),
                weights_bytes: std::fs::metadata(&card.weights.path).ok().map(|it| it.len()),
                answered: tallies.get(&card.name).map_or(0, |tally| tally.ok),
                last_minute: self.meters.last_minute(&card.name) as u32,
            }
        });
        ServerStatus {
            queued: requests.queued as u32,
            running: requests.running as u32,
            answered: requests.ok,
            refused: requests.rejected,
            median_ms: self.meters.median().map(visit::milliseconds),
            models: models.collect(),
        }
    }

    fn labels(&self, model: &str) -> Option<Vec<String>> {
        Some(self.registry.version(model)?.card().labels.clone())
    }
}

impl Backend for Service {
    fn example(&self, model: &str, file: &str) -> Option<Bytes> {
        Some(self.registry.version(model)?.entry.example(file)?.bytes.clone())
    }

    fn visit(&self, ask: Ask) -> Visiting<'_> {
        Box::pin(Self::visit(self, ask))
    }

    fn max_pictures(&self) -> usize {
        self.way.limits.queue
    }

    fn statistics(&self) -> BTreeMap<String, ModelStatistics> {
        let tallies = self.meters.tallies().into_iter();
        tallies.map(|(model, tally)| (model, tally.statistics)).collect()
    }

    fn load<'a>(&'a self, model: &'a str) -> backend::Loading<'a> {
        let loaded = self.registry.load(model);
        Box::pin(async move { loaded.await.map_err(|unavailable| refused(model, unavailable)) })
    }

    fn unload(&self, model: &str) -> Result<(), Problem> {
        self.registry.unload(model).map_err(|unavailable| refused(model, unavailable))
    }

    fn refuse(&self) -> Problem {
        self.meters.turn_away();
        self.full(access::flow(), 1)
    }

    fn readiness(&self) -> Readiness {
        self.standing()
    }
}
