//! The pipeline on the worker thread: every network there is, and the batches that run on them.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use app::wire::ModelState;
use broker::Pipeline;
use vision::{
    card::ModelCard,
    model::{Model, ModelError},
};

use crate::error_chain::error_chain;

/// A prepared picture for one of the models.
#[derive(Debug)]
pub struct Job {
    /// Name of the model, which must be ready.
    pub model: Arc<str>,
    /// The picture, `HWC f32` as the model's preprocessing gives it.
    pub pixels: Vec<f32>,
}

/// The networks, owned by the worker thread.
#[derive(Debug)]
pub struct Networks {
    models: BTreeMap<String, Model>,
}

/// Why a batch failed.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The network.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A job for a model that is not loaded was let through. This is a bug.
    #[error("model {0} is not loaded; this is a bug")]
    NotLoaded(Arc<str>),
}

/// What each model is doing, written by the worker thread and read by everybody.
#[derive(Debug, Clone, Default)]
pub struct States(Arc<RwLock<BTreeMap<String, ModelState>>>);

impl Networks {
    /// Loads every model whose weights are here, saying in `states` how far it is.
    ///
    /// A model that cannot be loaded is reported there and in the log; the others serve.
    ///
    /// # Errors
    ///
    /// None at present: whatever goes wrong concerns one model.
    pub fn load(cards: &[ModelCard], threads: usize, states: &States) -> Result<Self, Infallible> {
        vision::model::set_threads(threads);
        let mut models = BTreeMap::new();
        for card in cards.iter().filter(|card| card.weights_present()) {
            let start = Instant::now();
            match Model::load(card) {
                Ok(model) => {
                    let seconds = start.elapsed().as_secs_f64();
                    tracing::info!(model = card.name, seconds, "model is ready");
                    models.insert(card.name.clone(), model);
                    states.set(&card.name, ModelState::Ready);
                }
                Err(error) => {
                    let reason = error_chain(&error);
                    tracing::error!(model = card.name, reason, "model cannot be loaded");
                    // Strangers see this; the log has the paths.
                    let reason = "The server's log says why.".to_owned();
                    states.set(&card.name, ModelState::Failed { reason });
                }
            }
        }
        Ok(Self { models })
    }
}

impl Pipeline for Networks {
    type Request = Job;
    type Response = Vec<f32>;
    type Error = WorkerError;

    fn run(&mut self, batch: Vec<Job>) -> Result<Vec<Vec<f32>>, WorkerError> {
        let Some(first) = batch.first() else { return Ok(Vec::new()) };
        let name = Arc::clone(&first.model);
        let model = self.models.get(&*name).ok_or(WorkerError::NotLoaded(name))?;
        let pictures: Vec<_> = batch.into_iter().map(|job| job.pixels).collect();
        Ok(model.logits(&pictures)?)
    }

    fn joins(&self, first: &Job, next: &Job) -> bool {
        first.model == next.model
    }
}

impl States {
    /// The states before anything is loaded.
    pub fn before_loading(cards: &[ModelCard]) -> Self {
        let states = cards.iter().map(|card| {
            let state = if card.weights_present() {
                ModelState::Loading
            } else {
                ModelState::Absent { hint: format!("vitrine pull {}", card.name) }
            };
            (card.name.clone(), state)
        });
        Self(Arc::new(RwLock::new(states.collect())))
    }

    /// What the model is doing; `None` if there is no such model.
    pub fn get(&self, model: &str) -> Option<ModelState> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(model).cloned()
    }

    /// All states, by name of the model.
    pub fn all(&self) -> BTreeMap<String, ModelState> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, model: &str, state: ModelState) {
        let mut states = self.0.write().unwrap_or_else(PoisonError::into_inner);
        states.insert(model.to_owned(), state);
    }
}
