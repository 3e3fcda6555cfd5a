//! The one `classify` call behind the page and every protocol.

mod answer;
pub(crate) mod faults;
mod intake;
mod tally;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use app::{
    classify::{Answer, Classifier, Request},
    problem::Problem,
    wire::{ExamplePicture, ModelState, ModelStatus, ModelSummary, ServerStatus},
};
use broker::{Broker, Config, Health, Observer};
use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use vision::decode::DecodeLimits;

use crate::{
    backend::{Backend, Readiness, Requests},
    catalogue::{Catalogue, Entry, file_name},
    fetch::Fetcher,
    worker::{Job, Networks, States},
};

/// How much is taken, and how long it may last.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests waiting for the worker at most.
    pub queue: usize,
    /// Pictures in one run of a network at most.
    pub max_batch: usize,
    /// From a picture's arrival to its answer at most.
    pub timeout: Duration,
    /// Largest picture as encoded, in bytes.
    pub max_upload: u64,
    /// Threads that libtorch computes with, and pictures that are decoded at a time.
    pub threads: usize,
    /// Whether a model without weights may be stood in for by its fallback.
    pub fallback: bool,
}

/// The classifier: models, worker, and the way to them.
#[derive(Debug)]
pub struct Service {
    catalogue: Catalogue,
    states: States,
    broker: Broker<Job, Vec<f32>>,
    fetcher: Fetcher,
    limits: Limits,
    decode_limits: DecodeLimits,
    /// One permit for each request between its arrival and its answer, so that pictures waiting
    /// to be decoded are bounded too and not only those that wait for the worker.
    admission: Semaphore,
    /// One permit for each picture that is decoded now: more would only share the same cores.
    decoding: Arc<Semaphore>,
    /// Requests that were refused before they came to the broker, which does not know of them.
    refused: AtomicU64,
    tally: tally::Tally,
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
        let cards: Vec<_> = catalogue.iter().map(|entry| entry.card.clone()).collect();
        let states = States::before_loading(&cards);
        let config = Config {
            name: "vitrine-worker".to_owned(),
            queue: limits.queue,
            max_batch: limits.max_batch,
        };
        let broker = Broker::start(config, observer, {
            let states = states.clone();
            let threads = limits.threads;
            move || Networks::load(&cards, threads, &states)
        })?;
        Ok(Self {
            catalogue,
            states,
            broker,
            fetcher,
            admission: Semaphore::new(limits.queue + limits.max_batch),
            decoding: Arc::new(Semaphore::new(limits.threads)),
            refused: AtomicU64::new(0),
            tally: tally::Tally::default(),
            decode_limits: DecodeLimits::default(),
            limits,
        })
    }

    /// What the worker thread is doing, as it changes.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.broker.health()
    }

    /// Takes nothing more, lets the worker finish what it has, and ends its thread.
    ///
    /// # Errors
    ///
    /// When that takes longer than `grace`.
    pub async fn shutdown(&self, grace: Duration) -> Result<(), broker::ShutdownError> {
        self.broker.shutdown(grace).await
    }

    /// Writes a line in the log for every model: what it is doing, and who stands in for it.
    pub fn report(&self) {
        for entry in self.catalogue.iter() {
            let model = &entry.card.name;
            match (self.state(model), self.resolve(model)) {
                (ModelState::Ready, _) => tracing::info!("/{model} is served by {model}"),
                (ModelState::Absent { hint }, Ok(other)) => tracing::warn!(
                    "/{model} is served by {}, since its own weights are not here; bring them with: {hint}",
                    other.card.name
                ),
                (ModelState::Absent { hint }, Err(_)) => tracing::warn!(
                    "/{model} answers 503, since its weights are not here; bring them with: {hint}"
                ),
                (ModelState::Failed { reason }, _) => {
                    tracing::error!("/{model} answers 503: {reason}");
                }
                (ModelState::Loading, _) => {}
            }
        }
    }

    /// The model that answers for the one that was asked for.
    fn resolve(&self, name: &str) -> Result<&Entry, Problem> {
        let asked = self.catalogue.get(name).ok_or_else(|| faults::unknown_model(name))?;
        let state = self.state(name);
        let fallback = asked.card.fallback.as_deref().filter(|_| self.limits.fallback);
        match (&state, fallback.and_then(|fallback| self.catalogue.get(fallback))) {
            (ModelState::Ready, _) => Ok(asked),
            (ModelState::Absent { .. }, Some(fallback)) => match self.state(&fallback.card.name) {
                ModelState::Ready => Ok(fallback),
                other => Err(faults::not_ready(&fallback.card.name, &other)),
            },
            _ => Err(faults::not_ready(name, &state)),
        }
    }

    /// A permit to be in the house; a problem when it is full.
    fn admit(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.admission.try_acquire().map_err(|_| self.refuse())
    }

    fn state(&self, name: &str) -> ModelState {
        let state = self.states.get(name).unwrap_or(ModelState::Loading);
        // A worker that is gone cannot answer, whatever it had loaded.
        match &*self.broker.health().borrow() {
            Health::Failed(_) => ModelState::Failed { reason: "The worker is gone.".to_owned() },
            Health::Loading if state == ModelState::Ready => ModelState::Loading,
            _ => state,
        }
    }

    fn summary(&self, entry: &Entry) -> ModelSummary {
        let card = &entry.card;
        // A stand-in is tried with its own pictures, which show what it knows.
        let shown = &self.resolve(&card.name).unwrap_or(entry).card;
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
            input_size: card.preprocess.size,
            classes: card.labels.len() as u32,
            licence: card.licence.clone(),
            state: self.state(&card.name),
            fallback: card.fallback.clone().filter(|_| self.limits.fallback),
            examples: examples.collect(),
            max_upload: self.limits.max_upload,
        }
    }
}

impl Classifier for Service {
    fn models(&self) -> Vec<ModelSummary> {
        self.catalogue.iter().map(|entry| self.summary(entry)).collect()
    }

    fn model(&self, name: &str) -> Option<ModelSummary> {
        self.catalogue.get(name).map(|entry| self.summary(entry))
    }

    fn classify(&self, request: Request) -> Answer<'_> {
        Box::pin(self.answer(request))
    }

    fn status(&self) -> ServerStatus {
        let counts = self.broker.counts();
        let models = self.catalogue.iter().map(|Entry { card, .. }| {
            let (answered, last_minute) = self.tally.answered(&card.name);
            ModelStatus {
                name: card.name.clone(),
                state: self.state(&card.name),
                weights_bytes: std::fs::metadata(&card.weights.path).ok().map(|it| it.len()),
                answered,
                last_minute,
            }
        });
        ServerStatus {
            queued: counts.queued as u32,
            running: counts.running as u32,
            answered: counts.ok,
            refused: counts.rejected + self.refused.load(Ordering::Relaxed),
            median_ms: self.tally.median(),
            models: models.collect(),
        }
    }

    fn labels(&self, model: &str) -> Option<Vec<String>> {
        Some(self.catalogue.get(model)?.card.labels.clone())
    }
}

impl Backend for Service {
    fn example(&self, model: &str, file: &str) -> Option<Bytes> {
        Some(self.catalogue.get(model)?.example(file)?.bytes.clone())
    }

    fn refuse(&self) -> Problem {
        self.refused.fetch_add(1, Ordering::Relaxed);
        faults::busy(self.broker.expected_wait())
    }

    fn readiness(&self) -> Readiness {
        let health = self.broker.health().borrow().clone();
        let models = self.catalogue.iter().map(|entry| entry.card.name.clone());
        let models: std::collections::BTreeMap<_, _> =
            models.map(|name| (name.clone(), self.state(&name))).collect();
        let counts = self.broker.counts();
        Readiness {
            ready: health == Health::Ready && models.values().any(|s| *s == ModelState::Ready),
            worker: match health {
                Health::Loading => "loading",
                Health::Ready => "ready",
                Health::Failed(_) => "failed",
                Health::Draining => "draining",
                Health::Stopped => "stopped",
            },
            reason: match health {
                Health::Failed(reason) => Some(reason.to_string()),
                _ => None,
            },
            models,
            requests: Requests {
                accepted: counts.accepted,
                rejected: counts.rejected + self.refused.load(Ordering::Relaxed),
                ok: counts.ok,
                failed: counts.failed,
                expired: counts.expired,
                cancelled: counts.cancelled,
                queued: counts.queued as u64,
                running: counts.running as u64,
            },
        }
    }
}
