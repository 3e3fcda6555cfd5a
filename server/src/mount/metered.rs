//! A pipeline that tells the meters what it does.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use broker::{Broker, Candidate, Health, Pipeline};
use image::RgbImage;

use crate::{
    meters::{Mark, Meters},
    service::Beside,
};

/// A picture that waits for a pipeline.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) pixels: RgbImage,
    /// Says that the picture runs.
    pub(super) mark: Mark,
}

/// A pipeline as it was mounted, behind the meters.
pub(super) struct Metered<P> {
    pub(super) pipeline: P,
    pub(super) name: String,
    pub(super) meters: Arc<Meters>,
}

/// A pipeline's queue, for whoever asks how it stands.
pub(super) struct Queue<Response: Send + 'static> {
    pub(super) name: String,
    pub(super) broker: Broker<Job, Response>,
}

impl<P: Pipeline<Request = RgbImage>> Pipeline for Metered<P> {
    type Request = Job;
    type Response = P::Response;
    type Error = P::Error;

    fn run(&mut self, batch: Vec<Job>) -> Result<Vec<P::Response>, P::Error> {
        let pixels = batch.into_iter().map(|Job { pixels, mark }| {
            mark.running();
            pixels
        });
        let pixels: Vec<_> = pixels.collect();
        let (size, start) = (pixels.len(), Instant::now());
        let responses = self.pipeline.run(pixels);
        self.meters.ran(&self.name, size, start.elapsed());
        responses
    }

    fn joins(&self, first: &Job, next: &Job) -> bool {
        self.pipeline.joins(&first.pixels, &next.pixels)
    }

    fn take(&self, joined: &[Candidate<'_, Job>]) -> usize {
        let pixels = joined.iter().map(|&Candidate { request, deadline }| Candidate {
            request: &request.pixels,
            deadline,
        });
        self.pipeline.take(&pixels.collect::<Vec<_>>())
    }
}

impl<Response: Send + 'static> fmt::Debug for Queue<Response> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<Response: Send + 'static> Beside for Queue<Response> {
    fn name(&self) -> &str {
        &self.name
    }

    fn health(&self) -> Health {
        self.broker.health().borrow().clone()
    }

    fn busy(&self) -> Option<Duration> {
        self.broker.busy()
    }
}
