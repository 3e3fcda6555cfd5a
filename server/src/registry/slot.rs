//! The place of one model: its newest version that is any good, and how far that is.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use app::wire::ModelState;
use tokio::sync::watch;
use vision::{card::ModelCard, compute::Compute, model::Model};

use crate::{
    catalogue::Entry,
    worker::{batch::BatchTimes, company::Company},
};

/// A version of a model that is in memory.
#[derive(Debug)]
pub struct Loaded {
    /// What was loaded.
    pub entry: Arc<Entry>,
    /// A number that no other version has in this process.
    pub(crate) id: u64,
    /// How long loading took.
    pub took: Duration,
    /// What it computes on.
    pub compute: Compute,
    /// How long batches take.
    pub(crate) batch_times: BatchTimes,
    /// The pictures that are on their way.
    pub(crate) company: Arc<Company>,
    /// Only the worker thread locks it, so nobody ever waits for it.
    model: Mutex<Model>,
}

/// What is known of a model at one instant.
#[derive(Debug, Clone)]
pub struct Version {
    /// Card and examples.
    pub entry: Arc<Entry>,
    /// Whether a newer version was refused.
    pub outdated: bool,
    pub(super) phase: Phase,
}

/// How far a version is.
#[derive(Debug, Clone)]
pub(super) enum Phase {
    Absent,
    Fetching {
        received: u64,
        total: Option<u64>,
    },
    Standby,
    Loading,
    Ready(Arc<Loaded>),
    /// Taken out by hand.
    Unloaded,
    Failed,
    Removed,
}

#[derive(Debug)]
pub(super) struct Slot {
    version: watch::Sender<Version>,
    /// When it was last asked, by the registry's clock.
    used: AtomicU64,
}

impl Loaded {
    pub(super) fn new(
        entry: Arc<Entry>,
        model: Model,
        batch_times: BatchTimes,
        took: Duration,
    ) -> Self {
        let compute = model.compute();
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (company, model) = (Arc::default(), Mutex::new(model));
        Self { entry, id, took, compute, batch_times, company, model }
    }

    /// The card.
    pub fn card(&self) -> &ModelCard {
        &self.entry.card
    }

    /// The network, for the worker thread alone.
    pub(crate) fn network(&self) -> MutexGuard<'_, Model> {
        // A model has no state that a panic could leave half changed.
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Version {
    /// The card.
    pub fn card(&self) -> &ModelCard {
        &self.entry.card
    }

    /// How long loading it took, in seconds; `None` while it is not in memory.
    pub fn load_seconds(&self) -> Option<f64> {
        match &self.phase {
            Phase::Ready(loaded) => Some(loaded.took.as_secs_f64()),
            _ => None,
        }
    }

    /// What it computes in and on, while it is in memory.
    pub fn compute(&self) -> Option<Compute> {
        match &self.phase {
            Phase::Ready(loaded) => Some(loaded.compute),
            _ => None,
        }
    }

    /// What the model is doing, as it is told to everybody.
    pub fn state(&self) -> ModelState {
        match &self.phase {
            Phase::Absent => {
                let name = &self.card().name;
                let hint = match self.card().weights.url {
                    Some(_) => format!("vitrine pull {name}"),
                    None => format!("vitrine import FILE --as {name} --force"),
                };
                ModelState::Absent { hint }
            }
            Phase::Fetching { received, total } => {
                ModelState::Fetching { received: *received, total: *total }
            }
            Phase::Standby => ModelState::Standby,
            Phase::Loading => ModelState::Loading,
            Phase::Ready(_) => ModelState::Ready,
            Phase::Unloaded => ModelState::Unloaded,
            // Strangers see this; the log has the paths.
            Phase::Failed | Phase::Removed => {
                ModelState::Failed { reason: "The server's log says why.".to_owned() }
            }
        }
    }
}

impl Slot {
    pub(super) fn new(entry: Entry, phase: Phase) -> Self {
        let version = Version { entry: Arc::new(entry), outdated: false, phase };
        Self { version: watch::Sender::new(version), used: AtomicU64::new(0) }
    }

    pub(super) fn version(&self) -> Version {
        self.version.borrow().clone()
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Version> {
        self.version.subscribe()
    }

    pub(super) fn used(&self, now: u64) {
        self.used.fetch_max(now, Ordering::Relaxed);
    }

    pub(super) fn last_used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// From standby to loading; whether that was this call's doing.
    pub(super) fn begin_loading(&self) -> bool {
        self.change_if(|phase| matches!(phase, Phase::Standby), || Phase::Loading)
    }

    /// Changes the phase if it is the expected one, in one step.
    pub(super) fn change_if(
        &self,
        expected: impl Fn(&Phase) -> bool,
        next: impl FnOnce() -> Phase,
    ) -> bool {
        self.version.send_if_modified(|version| {
            let right = expected(&version.phase);
            if right {
                version.phase = next();
            }
            right
        })
    }

    /// Puts a new version in the place of the old one. A model that was taken out stays out.
    pub(super) fn replace(&self, entry: Arc<Entry>, phase: Phase) {
        self.version.send_modify(|version| {
            let out = matches!(version.phase, Phase::Unloaded);
            let phase = if out { Phase::Unloaded } else { phase };
            *version = Version { entry, outdated: false, phase };
        });
    }

    /// Notes that the newest version is no good.
    pub(super) fn refuse(&self) {
        self.version.send_modify(|version| version.outdated = true);
    }

    /// Notes that the newest version is the one that answers, after all.
    pub(super) fn accept(&self) {
        self.version.send_modify(|version| version.outdated = false);
    }
}
