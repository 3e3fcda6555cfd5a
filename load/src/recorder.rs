//! What one thread has seen.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use crate::{
    connection::{Failure, Reply},
    server_timing,
    window::Window,
};

/// Significant digits that histograms keep.
const DIGITS: u8 = 3;

/// Counts and times of one thread.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) window: Window,
    /// Work that every server has to do, by its name in `Server-Timing`.
    inner: Vec<String>,
    /// Answers that ended within the window.
    pub(crate) answered: u64,
    /// Answers, those that were under way in the window for a part of their time by that part: of
    /// a batch that ends just after the window nothing would count otherwise.
    pub(crate) done: f64,
    /// Those of them with a status of 2xx.
    pub(crate) good: f64,
    /// When the last of them ended.
    pub(crate) last: Option<Instant>,
    pub(crate) sent_bytes: u64,
    pub(crate) received_bytes: u64,
    pub(crate) latency: Times,
    pub(crate) statuses: BTreeMap<u16, Times>,
    pub(crate) failures: BTreeMap<Failure, u64>,
    pub(crate) server_timing: BTreeMap<String, Times>,
    /// Latency without the inner work.
    pub(crate) outer: Times,
    /// From when a request was due to when it was sent.
    pub(crate) lag: Times,
    pub(crate) retry_after: BTreeMap<String, u64>,
    /// Those who came back when they were told to.
    pub(crate) came_back: u64,
    /// Those of them who were not refused again.
    pub(crate) let_in: u64,
}

/// Durations in nanoseconds.
#[derive(Debug)]
pub(crate) struct Times(pub(crate) Histogram<u64>);

impl Default for Times {
    fn default() -> Self {
        // Cannot fail: there may be up to five digits.
        Self(Histogram::new(DIGITS).expect("three digits are allowed"))
    }
}

impl Times {
    pub(crate) fn record(&mut self, duration: Duration) {
        let ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        // Not the one that saturates, since that one does not let the histogram grow either.
        self.0.record(ns).expect("a histogram that grows takes everything");
    }

    fn add(&mut self, other: &Self) {
        // Cannot fail: a histogram that grows takes everything.
        self.0.add(&other.0).expect("histograms that grow can be added");
    }
}

impl Recorder {
    pub(crate) fn new(window: Window, inner: Vec<String>) -> Self {
        Self {
            window,
            inner,
            answered: 0,
            done: 0.0,
            good: 0.0,
            last: None,
            sent_bytes: 0,
            received_bytes: 0,
            latency: Times::default(),
            statuses: BTreeMap::new(),
            failures: BTreeMap::new(),
            server_timing: BTreeMap::new(),
            outer: Times::default(),
            lag: Times::default(),
            retry_after: BTreeMap::new(),
            came_back: 0,
            let_in: 0,
        }
    }

    /// Records a request that was due at one moment, sent at another, and is over now. Its times
    /// count if it was due in the window, and it counts for the rate by the part of its time that
    /// lies there: neither then leaves out what was slow.
    pub(crate) fn record(
        &mut self,
        due: Instant,
        sent: Instant,
        bytes: usize,
        outcome: Result<Reply, Failure>,
    ) {
        let now = Instant::now();
        let latency = now.saturating_duration_since(due);
        if let Ok(reply) = &outcome {
            let part = self.window.part(sent, now);
            self.done += part;
            self.good += if is_good(reply.status) { part } else { 0.0 };
        }
        if let Ok(reply) = &outcome
            && self.window.contains(now)
        {
            self.answered += 1;
            self.last = Some(now);
            self.sent_bytes += bytes as u64;
            self.received_bytes += reply.received;
        }
        if !self.window.contains(due) {
            return;
        }
        self.lag.record(sent.saturating_duration_since(due));
        let reply = match outcome {
            Ok(reply) => reply,
            Err(failure) => {
                *self.failures.entry(failure).or_default() += 1;
                return;
            }
        };
        self.statuses.entry(reply.status).or_default().record(latency);
        if let Some(value) = reply.retry_after.as_ref().and_then(|value| value.to_str().ok()) {
            count(&mut self.retry_after, value);
        }
        if is_good(reply.status) {
            self.latency.record(latency);
            if let Some(header) = reply.server_timing.as_ref().and_then(|it| it.to_str().ok()) {
                self.stages(header, latency);
            }
        }
    }

    /// Records what became of a request that was sent when the one before had been told to.
    pub(crate) fn came_back(&mut self, sent: Instant, status: u16) {
        if self.window.contains(sent) {
            self.came_back += 1;
            self.let_in += u64::from(is_good(status));
        }
    }

    fn stages(&mut self, header: &str, latency: Duration) {
        let mut inner = Duration::ZERO;
        let mut found = false;
        for (name, duration) in server_timing::durations(header) {
            if self.inner.iter().any(|it| it == name) {
                inner += duration;
                found = true;
            }
            match self.server_timing.get_mut(name) {
                Some(times) => times.record(duration),
                None => {
                    self.server_timing.entry(name.to_owned()).or_default().record(duration);
                }
            }
        }
        if found {
            self.outer.record(latency.saturating_sub(inner));
        }
    }

    /// Adds what another thread has seen.
    pub(crate) fn add(&mut self, other: Self) {
        self.answered += other.answered;
        self.done += other.done;
        self.good += other.good;
        self.last = self.last.max(other.last);
        self.sent_bytes += other.sent_bytes;
        self.received_bytes += other.received_bytes;
        self.latency.add(&other.latency);
        self.outer.add(&other.outer);
        self.lag.add(&other.lag);
        self.came_back += other.came_back;
        self.let_in += other.let_in;
        for (status, times) in other.statuses {
            self.statuses.entry(status).or_default().add(&times);
        }
        for (name, times) in other.server_timing {
            self.server_timing.entry(name).or_default().add(&times);
        }
        for (failure, n) in other.failures {
            *self.failures.entry(failure).or_default() += n;
        }
        for (value, n) in other.retry_after {
            *self.retry_after.entry(value).or_default() += n;
        }
    }
}

/// Whether a status says that all went well.
fn is_good(status: u16) -> bool {
    (200..300).contains(&status)
}

fn count(counts: &mut BTreeMap<String, u64>, value: &str) {
    match counts.get_mut(value) {
        Some(n) => *n += 1,
        None => {
            counts.insert(value.to_owned(), 1);
        }
    }
}
