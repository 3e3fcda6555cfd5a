//! How long the parts of a request took.

use std::time::Duration;

use metrics::{Histogram, histogram};
use metrics_exporter_prometheus::PrometheusRecorder;

/// A part of the way of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// From an address to here.
    Fetch,
    /// Decoding and preparing, with the wait for a core.
    Decode,
    /// Waiting for the worker.
    Queue,
    /// In the network, for the whole batch.
    Inference,
    /// From the logits to the answer.
    Wording,
    /// From the picture's arrival to its answer.
    Total,
}

/// The histograms of one model.
#[derive(Debug)]
pub(super) struct Stages {
    fetch: Histogram,
    decode: Histogram,
    queue: Histogram,
    inference: Histogram,
    total: Histogram,
    batch: Histogram,
}

impl Stages {
    pub(super) fn new(recorder: &PrometheusRecorder, model: &str) -> Self {
        let make = |name: &'static str| histogram!(name, "model" => model.to_owned());
        metrics::with_local_recorder(recorder, || Self {
            fetch: make("vitrine_fetch_seconds"),
            decode: make("vitrine_decode_seconds"),
            queue: make("vitrine_queue_seconds"),
            inference: make("vitrine_inference_seconds"),
            total: make("vitrine_request_seconds"),
            batch: make("vitrine_batch_size"),
        })
    }

    pub(super) fn took(&self, stage: Stage, duration: Duration) {
        let histogram = match stage {
            Stage::Fetch => &self.fetch,
            Stage::Decode => &self.decode,
            Stage::Queue => &self.queue,
            Stage::Inference => &self.inference,
            Stage::Total => &self.total,
            // Too short for a histogram; Triton's counters have it.
            Stage::Wording => return,
        };
        histogram.record(duration.as_secs_f64());
    }

    pub(super) fn batch(&self, pictures: usize) {
        self.batch.record(pictures as f64);
    }
}
