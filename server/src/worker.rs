//! The pipeline on the worker thread: batches on the networks of whatever models are loaded.

use std::sync::Arc;

use broker::Pipeline;
use vision::model::ModelError;

use crate::{
    meters::{Mark, Meters},
    registry::Loaded,
};

/// A prepared picture with the model that it is for, which lives at least as long as the picture
/// waits.
#[derive(Debug)]
pub struct Job {
    /// The version of the model that the picture was prepared for.
    pub model: Arc<Loaded>,
    /// The picture, `HWC f32` as the model's preprocessing gives it.
    pub pixels: Vec<f32>,
    /// Says that the picture runs.
    pub mark: Mark,
    /// The span of the wait, which ends when the picture runs.
    pub waiting: tracing::Span,
    /// The span of the request.
    pub request: tracing::Span,
}

/// Runs jobs. It is made on the worker thread, which alone asks the networks.
#[derive(Debug)]
pub struct Worker {
    meters: Arc<Meters>,
}

impl Worker {
    /// Makes the thread that calls this the one that computes.
    pub fn new(threads: usize, meters: Arc<Meters>) -> Self {
        vision::model::set_threads(threads);
        Self { meters }
    }
}

impl Pipeline for Worker {
    type Request = Job;
    type Response = Vec<f32>;
    type Error = ModelError;

    fn run(&mut self, batch: Vec<Job>) -> Result<Vec<Vec<f32>>, ModelError> {
        let Some(first) = batch.first() else { return Ok(Vec::new()) };
        let model = Arc::clone(&first.model);
        let (name, batch_size) = (model.card().name.as_str(), batch.len());
        let mut spans = Vec::with_capacity(batch_size);
        let mut pictures = Vec::with_capacity(batch_size);
        for Job { pixels, mark, waiting, request, .. } in batch {
            mark.running();
            drop(waiting);
            spans
                .push(tracing::info_span!(parent: &request, "inference", model = name, batch_size));
            pictures.push(pixels);
        }
        let logits = model.network().logits(&pictures);
        self.meters.ran(name, batch_size);
        logits
    }

    fn joins(&self, first: &Job, next: &Job) -> bool {
        Arc::ptr_eq(&first.model, &next.model)
    }
}
