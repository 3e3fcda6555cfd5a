//! What becomes of the pictures: counted model by model, and timed stage by stage.
//!
//! The counts of a model change under one lock, so that what `/metrics` shows always adds up:
//!
//! ```text
//! requests = accepted + rejected + preparing
//! accepted = ok + failed + expired + cancelled + queued + running
//! ```
//!
//! There, a request with several pictures counts as so many. Requests as such are in the
//! [`ModelStatistics`].

mod call;
mod exposition;
mod lately;
mod passage;
mod stages;
mod statistics;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use metrics_exporter_prometheus::{PrometheusHandle, PrometheusRecorder};

use call::Call;
pub use exposition::{Gauges, ModelGauges};
use lately::Lately;
pub use passage::{Mark, Passage};
pub use stages::Stage;
use stages::Stages;
pub use statistics::{BatchStatistics, ModelStatistics, Reasons, Spent};

/// The meters of all models, and those that belong to none.
pub struct Meters {
    models: RwLock<BTreeMap<String, Arc<Meter>>>,
    /// Pictures for models that there are not. Their names would be labels without end.
    unknown: AtomicU64,
    /// Requests that were refused before anybody knew which model they were for.
    turned_away: AtomicU64,
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    /// One exposition at a time, or two would mix what they saw.
    exposing: Mutex<()>,
}

/// The meter of one model.
struct Meter {
    counts: Mutex<Tally>,
    stages: Stages,
    lately: Mutex<Lately>,
}

/// What has become of the pictures for one model, at one instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// All that asked for the model.
    pub requests: u64,
    /// Those that were not refused.
    pub accepted: u64,
    /// Answered.
    pub ok: u64,
    /// Answered with an error: a bad picture, or a fault of ours.
    pub failed: u64,
    /// Refused, such as for want of a place.
    pub rejected: u64,
    /// Their time was up before their answer.
    pub expired: u64,
    /// Their sender went away, or another picture spoiled the whole request.
    pub cancelled: u64,
    /// Being fetched, decoded and prepared now; not yet accepted.
    pub preparing: u64,
    /// Waiting for the worker now.
    pub queued: u64,
    /// In the network now, or just out of it.
    pub running: u64,
    /// Pictures whose answer was known, or was being found out for an equal one.
    pub cache_hits: u64,
    /// Pictures whose answer was looked for among those that are known, in vain.
    pub cache_misses: u64,
    /// Pictures as they came, in bytes.
    pub bytes: u64,
    /// Problems by their code, of which there is a fixed number.
    pub problems: BTreeMap<String, u64>,
    /// Requests as such, and runs of the network.
    pub statistics: ModelStatistics,
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meters").finish_non_exhaustive()
    }
}

impl Default for Meters {
    fn default() -> Self {
        let recorder = exposition::recorder();
        let handle = recorder.handle();
        Self {
            models: RwLock::default(),
            unknown: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
            recorder,
            handle,
            exposing: Mutex::new(()),
        }
    }
}

impl Meters {
    /// A request with one picture for a model that there is has come.
    pub fn arrive(&self, model: &str) -> Passage {
        let meter = self.meter(model);
        Passage::new(Arc::clone(&meter), Arc::new(Call::new(meter, 1)))
    }

    /// A request with so many pictures for a model that there is has come.
    pub fn arrive_together(&self, model: &str, pictures: usize) -> Vec<Passage> {
        let meter = self.meter(model);
        let call = Arc::new(Call::new(Arc::clone(&meter), pictures));
        let passage = |_| Passage::new(Arc::clone(&meter), Arc::clone(&call));
        (0..pictures).map(passage).collect()
    }

    /// There is this model. Its meters show zeros from now on, so that the first request is seen
    /// as a change.
    pub fn known(&self, model: &str) {
        self.meter(model);
    }

    /// So many pictures for a model that there is not have come.
    pub fn unknown_model(&self, pictures: u64) {
        self.unknown.fetch_add(pictures, Ordering::Relaxed);
    }

    /// A request was refused before anybody knew which model it was for.
    pub fn turn_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// The network of a model has run on so many pictures at once.
    pub fn ran(&self, model: &str, pictures: usize, took: Duration) {
        let meter = self.meter(model);
        meter.stages.batch(pictures);
        let mut counts = meter.lock();
        let statistics = &mut counts.statistics;
        statistics.last_inference = Some(SystemTime::now());
        statistics.pictures += pictures as u64;
        statistics.batches.entry(pictures).or_default().runs.add(took);
    }

    /// An answer of HTTP with this status.
    pub fn responded(&self, status: u16) {
        self.count("vitrine_http_responses_total", "status", status.to_string());
    }

    /// A request that was held back by a rate limit, which is kept by `key` or by `address`.
    pub fn throttled(&self, by: &'static str) {
        self.count("vitrine_http_throttled_total", "by", by.to_owned());
    }

    /// A request that lacked a right, with the code of its problem.
    pub fn unauthorized(&self, code: &str) {
        self.count("vitrine_http_unauthorized_total", "code", code.to_owned());
    }

    /// How the pictures for every model that was ever asked for stand.
    pub fn tallies(&self) -> BTreeMap<String, Tally> {
        let models = self.models.read().unwrap_or_else(PoisonError::into_inner);
        models.iter().map(|(name, meter)| (name.clone(), meter.lock().clone())).collect()
    }

    /// Pictures for this model that were answered in the last minute.
    pub fn last_minute(&self, model: &str) -> usize {
        let models = self.models.read().unwrap_or_else(PoisonError::into_inner);
        models.get(model).map_or(0, |meter| meter.lately().last_minute())
    }

    /// The median of how long the latest answers took, of all models together.
    pub fn median(&self) -> Option<Duration> {
        let models = self.models.read().unwrap_or_else(PoisonError::into_inner);
        let latest = models.values().flat_map(|meter| meter.lately().latest().collect::<Vec<_>>());
        lately::median(latest.collect())
    }

    /// Pictures that were refused and that no model's tally has.
    pub fn refused_elsewhere(&self) -> u64 {
        self.unknown.load(Ordering::Relaxed) + self.turned_away.load(Ordering::Relaxed)
    }

    /// Files away what was timed since the last call. Whoever starts a server calls it every few
    /// seconds, since nobody may ever ask for the exposition, and single times take room.
    pub fn file_away(&self) {
        self.handle.run_upkeep();
    }

    fn count(&self, name: &'static str, label: &'static str, value: String) {
        metrics::with_local_recorder(&self.recorder, || {
            metrics::counter!(name, label => value).increment(1);
        });
    }

    fn meter(&self, model: &str) -> Arc<Meter> {
        let models = self.models.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(meter) = models.get(model) {
            return Arc::clone(meter);
        }
        drop(models);
        let mut models = self.models.write().unwrap_or_else(PoisonError::into_inner);
        let meter = models.entry(model.to_owned()).or_insert_with(|| {
            let stages = Stages::new(&self.recorder, model);
            Arc::new(Meter { counts: Mutex::default(), stages, lately: Mutex::default() })
        });
        Arc::clone(meter)
    }
}

impl Meter {
    fn lately(&self) -> MutexGuard<'_, Lately> {
        self.lately.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    /// Whether every picture is accounted for. Anything else is a bug.
    pub fn adds_up(&self) -> bool {
        let settled = self.ok + self.failed + self.expired + self.cancelled;
        self.accepted == settled + self.queued + self.running
            && self.requests == self.accepted + self.rejected + self.preparing
    }
}

#[cfg(test)]
mod tests;
