//! The meters in the text format of Prometheus.

use std::{collections::BTreeMap, sync::PoisonError, time::Duration};

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use metrics_util::MetricKindMask;

use super::{Meters, Spent, Tally};

/// What can only be read off, at the instant of the exposition.
#[derive(Debug, Clone, Default)]
pub struct Gauges {
    /// Requests that wait for the worker.
    pub queued: usize,
    /// Requests in the network.
    pub running: usize,
    /// How long the batch in the network has been there, in seconds; 0 for none.
    pub busy_seconds: f64,
    /// Whether a picture sent now would be classified.
    pub ready: bool,
    /// Answers that are kept.
    pub cache_entries: u64,
    /// Their size in bytes, roughly.
    pub cache_bytes: u64,
    /// The models by name.
    pub models: BTreeMap<String, ModelGauges>,
}

/// What is read off a model.
#[derive(Debug, Clone, Default)]
pub struct ModelGauges {
    /// The word for its state, as `/readyz` says it.
    pub state: &'static str,
    /// How long loading it took, in seconds; `None` while it is not loaded.
    pub load_seconds: Option<f64>,
}

/// The words for a model's state.
const STATES: [&str; 7] =
    ["absent", "fetching", "standby", "loading", "ready", "unloaded", "failed"];
/// Bounds of the histograms of time, in seconds: from a small network on a small picture to
/// `--timeout`.
const SECONDS: [f64; 15] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Bounds of the histogram of batches, in pictures.
const PICTURES: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
/// A gauge that was not set for so long is of something that is gone.
const GONE: Duration = Duration::from_secs(1);

/// A recorder of its own for every server, so that two in one process, as in tests, do not meet.
pub(super) fn recorder() -> PrometheusRecorder {
    let builder = PrometheusBuilder::new().idle_timeout(MetricKindMask::GAUGE, Some(GONE));
    let recorder = builder
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Full("vitrine_batch_size".into()), &PICTURES)
        })
        .expect("the bounds are not empty")
        .build_recorder();
    metrics::with_local_recorder(&recorder, describe);
    recorder
}

impl Meters {
    /// Everything in the text format of Prometheus, version 0.0.4.
    pub fn expose(&self, gauges: &Gauges) -> String {
        let _alone = self.exposing.lock().unwrap_or_else(PoisonError::into_inner);
        metrics::with_local_recorder(&self.recorder, || {
            for (model, tally) in self.tallies() {
                expose_tally(&model, &tally);
            }
            let unknown = self.unknown.load(std::sync::atomic::Ordering::Relaxed);
            counter!("vitrine_unknown_model_requests_total").absolute(unknown);
            let turned_away = self.turned_away.load(std::sync::atomic::Ordering::Relaxed);
            counter!("vitrine_turned_away_requests_total").absolute(turned_away);
            expose_gauges(gauges);
            expose_process();
        });
        self.handle.render()
    }
}

fn expose_tally(model: &str, tally: &Tally) {
    let total = |name: &'static str, value: u64| {
        counter!(name, "model" => model.to_owned()).absolute(value);
    };
    total("vitrine_requests_total", tally.requests);
    total("vitrine_requests_accepted_total", tally.accepted);
    total("vitrine_received_bytes_total", tally.bytes);
    total("vitrine_cache_hits_total", tally.cache_hits);
    total("vitrine_cache_misses_total", tally.cache_misses);
    let outcomes = [
        ("ok", tally.ok),
        ("failed", tally.failed),
        ("rejected", tally.rejected),
        ("expired", tally.expired),
        ("cancelled", tally.cancelled),
    ];
    for (outcome, value) in outcomes {
        counter!("vitrine_request_outcomes_total", "model" => model.to_owned(), "outcome" => outcome)
            .absolute(value);
    }
    for (code, value) in &tally.problems {
        counter!("vitrine_problems_total", "model" => model.to_owned(), "code" => code.clone())
            .absolute(*value);
    }
    let places =
        [("preparing", tally.preparing), ("queued", tally.queued), ("running", tally.running)];
    for (place, value) in places {
        gauge!("vitrine_requests_in_flight", "model" => model.to_owned(), "place" => place)
            .set(value as f64);
    }
    expose_as_triton(model, tally);
}

/// The same under the names that dashboards made for Triton look for.
///
/// Source: the metrics page of Triton's user guide. Its version of a model is always 1 here.
fn expose_as_triton(model: &str, tally: &Tally) {
    let total = |name: &'static str, value: u64| {
        counter!(name, "model" => model.to_owned(), "version" => "1").absolute(value);
    };
    let statistics = &tally.statistics;
    total("nv_inference_request_success", statistics.success.count);
    total("nv_inference_count", statistics.pictures);
    total("nv_inference_exec_count", statistics.executions());
    total("nv_inference_request_duration_us", microseconds(statistics.success));
    total("nv_inference_queue_duration_us", microseconds(statistics.queue));
    total("nv_inference_compute_input_duration_us", microseconds(statistics.compute_input));
    total("nv_inference_compute_infer_duration_us", microseconds(statistics.compute_infer));
    total("nv_inference_compute_output_duration_us", microseconds(statistics.compute_output));
    let reasons = [
        ("REJECTED", statistics.reasons.rejected),
        ("CANCELED", statistics.reasons.cancelled),
        ("BACKEND", statistics.reasons.network),
        ("OTHER", statistics.reasons.other),
    ];
    for (reason, value) in reasons {
        counter!("nv_inference_request_failure",
            "model" => model.to_owned(), "version" => "1", "reason" => reason)
        .absolute(value);
    }
    gauge!("nv_inference_pending_request_count", "model" => model.to_owned(), "version" => "1")
        .set(tally.queued as f64);
}

fn microseconds(spent: Spent) -> u64 {
    u64::try_from(spent.time.as_micros()).unwrap_or(u64::MAX)
}

fn expose_gauges(gauges: &Gauges) {
    gauge!("vitrine_queue_depth").set(gauges.queued as f64);
    gauge!("vitrine_worker_running").set(gauges.running as f64);
    gauge!("vitrine_worker_busy_seconds").set(gauges.busy_seconds);
    gauge!("vitrine_cache_entries").set(gauges.cache_entries as f64);
    gauge!("vitrine_cache_bytes").set(gauges.cache_bytes as f64);
    gauge!("vitrine_ready").set(f64::from(u8::from(gauges.ready)));
    gauge!("vitrine_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    for (model, gauges) in &gauges.models {
        for state in STATES {
            let now = f64::from(u8::from(state == gauges.state));
            gauge!("vitrine_model_state", "model" => model.clone(), "state" => state).set(now);
        }
        if let Some(seconds) = gauges.load_seconds {
            gauge!("vitrine_model_load_seconds", "model" => model.clone()).set(seconds);
        }
    }
}

fn expose_process() {
    let now = metrics_process::collector::collect();
    let show = |name: &'static str, value: Option<f64>| {
        if let Some(value) = value {
            gauge!(name).set(value);
        }
    };
    // A gauge although it only grows, since it is no whole number.
    show("process_cpu_seconds_total", now.cpu_seconds_total);
    show("process_resident_memory_bytes", now.resident_memory_bytes.map(|n| n as f64));
    show("process_virtual_memory_bytes", now.virtual_memory_bytes.map(|n| n as f64));
    show("process_open_fds", now.open_fds.map(|n| n as f64));
    show("process_max_fds", now.max_fds.map(|n| n as f64));
    show("process_threads", now.threads.map(|n| n as f64));
    show("process_start_time_seconds", now.start_time_seconds.map(|n| n as f64));
}

fn describe() {
    let counters = [
        ("vitrine_requests_total", "Pictures for a model that there is"),
        ("vitrine_requests_accepted_total", "Pictures that were not refused"),
        ("vitrine_request_outcomes_total", "Pictures by how they ended"),
        ("vitrine_problems_total", "Pictures that ended in a problem, by its code"),
        ("vitrine_received_bytes_total", "Pictures as they came, in bytes"),
        ("vitrine_cache_hits_total", "Pictures whose answer was known"),
        ("vitrine_cache_misses_total", "Pictures whose answer was not known"),
        ("vitrine_unknown_model_requests_total", "Pictures for models that there are not"),
        ("vitrine_turned_away_requests_total", "Requests refused before their model was known"),
        ("vitrine_http_responses_total", "Answers by their HTTP status"),
        ("vitrine_http_throttled_total", "Requests held back by a rate limit"),
        ("vitrine_http_unauthorized_total", "Requests without the right to what they asked"),
        ("nv_inference_request_success", "Number of successful inference requests"),
        ("nv_inference_request_failure", "Number of failed inference requests"),
        ("nv_inference_count", "Number of inferences performed"),
        ("nv_inference_exec_count", "Number of model executions performed"),
        ("nv_inference_request_duration_us", "Cumulative request duration in microseconds"),
        ("nv_inference_queue_duration_us", "Cumulative queuing duration in microseconds"),
        ("nv_inference_compute_input_duration_us", "Cumulative input duration in microseconds"),
        ("nv_inference_compute_infer_duration_us", "Cumulative inference duration in microseconds"),
        ("nv_inference_compute_output_duration_us", "Cumulative output duration in microseconds"),
    ];
    for (name, text) in counters {
        describe_counter!(name, text);
    }
    let gauges = [
        ("vitrine_requests_in_flight", "Pictures under way, by where they are"),
        ("vitrine_queue_depth", "Pictures that wait for the worker"),
        ("vitrine_worker_running", "Pictures in the network"),
        ("vitrine_worker_busy_seconds", "How long the present batch has been running"),
        ("vitrine_cache_entries", "Answers that are kept"),
        ("vitrine_cache_bytes", "Size of the answers that are kept, roughly, in bytes"),
        ("vitrine_ready", "Whether a picture sent now would be classified"),
        ("vitrine_build_info", "The version of the program"),
        ("vitrine_model_state", "1 for the state that a model is in"),
        ("vitrine_model_load_seconds", "How long loading the model took"),
        ("nv_inference_pending_request_count", "Requests that await execution"),
        ("process_cpu_seconds_total", "Processor time in seconds"),
        ("process_resident_memory_bytes", "Resident memory in bytes"),
        ("process_virtual_memory_bytes", "Virtual memory in bytes"),
        ("process_open_fds", "Open file descriptors"),
        ("process_max_fds", "Open file descriptors at most"),
        ("process_threads", "Threads"),
        ("process_start_time_seconds", "Start of the process since the Unix epoch in seconds"),
    ];
    for (name, text) in gauges {
        describe_gauge!(name, text);
    }
    let histograms = [
        ("vitrine_fetch_seconds", "Fetching a picture from its address"),
        ("vitrine_decode_seconds", "Decoding and preparing a picture"),
        ("vitrine_queue_seconds", "Waiting for the worker"),
        ("vitrine_inference_seconds", "In the network, for the whole batch"),
        ("vitrine_request_seconds", "From a picture's arrival to its answer"),
    ];
    for (name, text) in histograms {
        describe_histogram!(name, Unit::Seconds, text);
    }
    describe_histogram!("vitrine_batch_size", "Pictures in one run of the network");
}
