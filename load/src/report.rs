//! What came of a measurement.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;

use crate::{
    plan::{Pace, Plan},
    recorder::{Recorder, Times},
    schedule::Arrivals,
};

/// What came of a measurement. All times are in milliseconds unless the name says otherwise.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// `closed` or `open`.
    pub pace: &'static str,
    /// Clients of a closed loop, most connections of an open one.
    pub clients: usize,
    /// Requests a second that an open loop was told to send.
    pub wanted_rate: Option<f64>,
    /// `poisson` or `uniform`.
    pub arrivals: Option<&'static str>,
    /// Threads that sent.
    pub threads: usize,
    /// How long was measured.
    pub seconds: f64,
    /// Answers in that time, whatever their status.
    pub answers: u64,
    /// Answers a second. Those that were under way in that time only partly count by that part.
    pub rate: f64,
    /// Answers with a status of 2xx a second.
    pub goodput: f64,
    /// Latency of answers with a status of 2xx, from when the request was due to the last byte.
    pub latency_ms: Summary,
    /// All answers by their status.
    pub statuses: BTreeMap<u16, StatusReport>,
    /// Requests without an answer, by what went wrong: `connect`, `send`, `body`,
    /// `timeout`, or `unsent` when there was no connection left.
    pub errors: BTreeMap<&'static str, u64>,
    /// Bytes of the bodies that were sent.
    pub bytes_sent: u64,
    /// Bytes of the bodies that came back.
    pub bytes_received: u64,
    /// What the server says where the time went, by the names in `Server-Timing`.
    pub server_timing_ms: BTreeMap<String, Summary>,
    /// Latency without the durations named in [`Plan::inner`]; absent if no answer named one.
    pub outer_ms: Option<Summary>,
    /// From when requests were due to when they were sent: how far the generator itself fell
    /// behind, or had no connection left.
    pub lag_ms: Summary,
    /// Values of `Retry-After`, and how often each came.
    pub retry_after: BTreeMap<String, u64>,
    /// Requests of [`Plan::patient`] clients that came when `Retry-After` had told them to.
    pub came_back: u64,
    /// Those of them that were answered with a status of 2xx.
    pub let_in: u64,
    /// Seconds that the threads of the generator have computed, the warm-up included.
    pub generator_cpu_s: f64,
}

/// How long answers of one status took.
#[derive(Debug, Clone, Serialize)]
pub struct StatusReport {
    /// How many there were.
    pub count: u64,
    /// How long they took.
    pub latency_ms: Summary,
}

/// Quantiles of durations, in milliseconds. All are zero when there were none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Arithmetic mean.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// Nine of ten are shorter.
    pub p90: f64,
    /// 99 of 100 are shorter.
    pub p99: f64,
    /// 999 of 1000 are shorter.
    #[serde(rename = "p99.9")]
    pub p999: f64,
    /// The longest.
    pub max: f64,
}

impl Report {
    pub(crate) fn new(plan: &Plan, all: &Recorder, cpu: Duration) -> Self {
        // A measurement that ends by the number of its requests ends with the last answer.
        let end = match (plan.pace, all.last) {
            (Pace::Closed { requests: Some(_), .. }, Some(last)) => last,
            _ => all.window.until,
        };
        let seconds = (end - all.window.from).as_secs_f64();
        let a_second = |n: f64| if seconds > 0.0 { n / seconds } else { 0.0 };
        let (pace, clients, wanted_rate, arrivals) = match plan.pace {
            Pace::Closed { clients, .. } => ("closed", clients, None, None),
            Pace::Open { rate, arrivals, connections, .. } => {
                let arrivals = match arrivals {
                    Arrivals::Poisson => "poisson",
                    Arrivals::Uniform => "uniform",
                };
                ("open", connections, Some(rate), Some(arrivals))
            }
        };
        let of_status =
            |times: &Times| StatusReport { count: times.0.len(), latency_ms: Summary::of(times) };
        Self {
            pace,
            clients,
            wanted_rate,
            arrivals,
            threads: plan.threads,
            seconds,
            answers: all.answered,
            rate: a_second(all.done),
            goodput: a_second(all.good),
            latency_ms: Summary::of(&all.latency),
            statuses: all.statuses.iter().map(|(status, it)| (*status, of_status(it))).collect(),
            errors: all.failures.iter().map(|(failure, n)| (failure.name(), *n)).collect(),
            bytes_sent: all.sent_bytes,
            bytes_received: all.received_bytes,
            server_timing_ms: all
                .server_timing
                .iter()
                .map(|(name, times)| (name.clone(), Summary::of(times)))
                .collect(),
            outer_ms: (!all.outer.0.is_empty()).then(|| Summary::of(&all.outer)),
            lag_ms: Summary::of(&all.lag),
            retry_after: all.retry_after.clone(),
            came_back: all.came_back,
            let_in: all.let_in,
            generator_cpu_s: cpu.as_secs_f64(),
        }
    }

    /// Requests without an answer.
    pub fn failures(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Answers with a status other than 2xx.
    pub fn refusals(&self) -> u64 {
        let others = self.statuses.iter().filter(|(status, _)| !(200..300).contains(*status));
        others.map(|(_, it)| it.count).sum()
    }
}

impl Summary {
    fn of(times: &Times) -> Self {
        let histogram = &times.0;
        if histogram.is_empty() {
            return Self::default();
        }
        let ms = |ns: u64| ns as f64 / 1e6;
        let quantile = |q: f64| ms(histogram.value_at_quantile(q));
        Self {
            mean: histogram.mean() / 1e6,
            p50: quantile(0.5),
            p90: quantile(0.9),
            p99: quantile(0.99),
            p999: quantile(0.999),
            max: ms(histogram.max()),
        }
    }
}
