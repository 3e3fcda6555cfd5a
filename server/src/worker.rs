//! The pipeline on the worker thread: batches on the networks of whatever models are loaded.

use std::sync::Arc;

use broker::Pipeline;
use vision::model::ModelError;

use crate::registry::Loaded;

/// A prepared picture with the model that it is for, which lives at least as long as the picture
/// waits.
#[derive(Debug)]
pub struct Job {
    /// The version of the model that the picture was prepared for.
    pub model: Arc<Loaded>,
    /// The picture, `HWC f32` as the model's preprocessing gives it.
    pub pixels: Vec<f32>,
}

/// Runs jobs. It is made on the worker thread, which alone asks the networks.
#[derive(Debug)]
pub struct Worker;

impl Worker {
    /// Makes the thread that calls this the one that computes.
    pub fn new(threads: usize) -> Self {
        vision::model::set_threads(threads);
        Self
    }
}

impl Pipeline for Worker {
    type Request = Job;
    type Response = Vec<f32>;
    type Error = ModelError;

    fn run(&mut self, batch: Vec<Job>) -> Result<Vec<Vec<f32>>, ModelError> {
        let Some(first) = batch.first() else { return Ok(Vec::new()) };
        let model = Arc::clone(&first.model);
        let pictures: Vec<_> = batch.into_iter().map(|job| job.pixels).collect();
        model.network().logits(&pictures)
    }

    fn joins(&self, first: &Job, next: &Job) -> bool {
        Arc::ptr_eq(&first.model, &next.model)
    }
}
