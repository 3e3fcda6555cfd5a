//! What was measured.

use std::time::Duration;

use load::Report;
use serde::Serialize;
use vision::{card::ModelCard, compute::Compute};

use super::usage::Used;

/// Everything.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    version: &'static str,
    pub(super) model: String,
    pub(super) architecture: String,
    pub(super) threads: usize,
    /// The numbers that it computes with.
    pub(super) precision: String,
    pub(super) pictures: usize,
    /// Mean size of the pictures as sent.
    pub(super) picture_bytes: usize,
    pub(super) network: Vec<NetworkFigures>,
    pub(super) http: Vec<HttpFigures>,
}

/// The bare network.
#[derive(Debug, Serialize)]
pub(super) struct NetworkFigures {
    pub(super) batch: usize,
    /// Median of a run of the whole batch.
    pub(super) ms: f64,
    /// Of all runs together, so that slow ones count: what a server could give at best.
    pub(super) pictures_per_second: f64,
}

/// One pace of requests.
#[derive(Debug, Serialize)]
pub(super) struct HttpFigures {
    #[serde(flatten)]
    pub(super) report: Report,
    /// Processor time of the server for each answer; absent for a server that is not ours.
    pub(super) cpu_ms_per_request: Option<f64>,
    /// Resident memory of the server at the end.
    pub(super) resident_mb: Option<f64>,
}

impl Figures {
    pub(super) fn new(card: &ModelCard, compute: Compute, pictures: &[Vec<u8>]) -> Self {
        let bytes: usize = pictures.iter().map(Vec::len).sum();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            model: card.name.clone(),
            architecture: card.architecture.name(),
            threads: compute.threads.get(),
            precision: compute.precision.to_string(),
            pictures: pictures.len(),
            picture_bytes: bytes / pictures.len().max(1),
            network: Vec::new(),
            http: Vec::new(),
        }
    }
}

impl NetworkFigures {
    /// From the times of runs, of which there is one at least.
    pub(super) fn new(batch: usize, mut runs: Vec<Duration>) -> Self {
        let all: Duration = runs.iter().sum();
        let pictures_per_second = (batch * runs.len()) as f64 / all.as_secs_f64();
        runs.sort();
        let ms = runs[runs.len() / 2].as_secs_f64() * 1000.0;
        Self { batch, ms, pictures_per_second }
    }
}

impl HttpFigures {
    /// The processor time is that of the warm-up and the measurement, which have the same pace.
    pub(super) fn new(report: Report, used: Option<Used>, warm_up: Duration) -> Self {
        let answers = report.rate * (report.seconds + warm_up.as_secs_f64());
        let cpu = used.as_ref().and_then(|used| used.cpu);
        Self {
            cpu_ms_per_request: cpu.map(|cpu| cpu.as_secs_f64() * 1000.0 / answers),
            resident_mb: used.and_then(|used| used.resident_mb),
            report,
        }
    }

    /// What the median round trip has beside decoding and the network, in milliseconds.
    pub(super) fn share_ms(&self) -> Option<f64> {
        self.report.outer_ms.map(|outer| outer.p50)
    }
}

/// What came instead of answers.
pub(super) fn complaint(report: &Report) -> String {
    let refused = report.statuses.iter().filter(|(status, _)| !(200..300).contains(*status));
    let refused = refused.map(|(status, it)| format!("{} times status {status}", it.count));
    let failed = report.errors.iter().map(|(error, n)| format!("{n} times an error ({error})"));
    let all: Vec<String> = refused.chain(failed).collect();
    if all.is_empty() {
        "nothing came in time; try a longer --duration".to_owned()
    } else {
        all.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_run_counts_in_the_throughput_and_not_in_the_median() {
        let runs = [100, 100, 400].map(Duration::from_millis).to_vec();
        let figures = NetworkFigures::new(3, runs);
        assert_eq!((figures.ms, figures.pictures_per_second), (100.0, 15.0));
    }
}
