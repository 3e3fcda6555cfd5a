//! The models that are served: which there are, which of them are loaded, and which version of
//! each answers.
//!
//! A thread of its own reads and loads, one model at a time, so that neither the worker nor an
//! async thread waits for a disk. A version is an [`Arc`]: whoever got it goes on with it, card,
//! labels and network, whatever takes its place meanwhile.

mod duty;
mod loader;
mod rescan;
mod slot;

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
};

use app::wire::ModelState;
use tokio::sync::watch;

use vision::compute::Compute;

use crate::catalogue::{Catalogue, Entry};
use loader::Order;
pub use slot::{Loaded, Version};
use slot::{Phase, Slot};

/// Which models are loaded, and when.
#[derive(Debug, Clone)]
pub struct Loading {
    /// Those that are loaded at the start and not only when somebody asks.
    pub preload: Preload,
    /// Models in memory at most; `None` for as many as there are.
    pub max_loaded: Option<usize>,
    /// What the networks compute on.
    pub compute: Compute,
}

/// Models to load before anybody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Preload {
    /// Every one.
    All,
    /// None.
    Nothing,
    /// Those with these names.
    Only(Vec<String>),
}

/// Why a model does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// There is none with this name.
    Unknown,
    /// It is in this state.
    State(String, ModelState),
}

/// All models with their versions.
#[derive(Debug)]
pub struct Registry {
    folder: PathBuf,
    slots: RwLock<BTreeMap<String, Arc<Slot>>>,
    orders: mpsc::Sender<Order>,
    loading: Loading,
    /// Pictures in one run of a network at most, for which models are prepared.
    max_batch: usize,
    /// Whether what is loaded at the start is loaded, or has failed.
    settled: watch::Sender<bool>,
    /// Counts uses, to know which model has been of none for the longest time.
    clock: AtomicU64,
}

impl Preload {
    fn covers(&self, model: &str) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Only(names) => names.iter().any(|name| name == model),
        }
    }
}

impl std::str::FromStr for Preload {
    type Err = std::convert::Infallible;

    /// `all`, `none`, or names with commas between them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "all" => Self::All,
            "none" | "" => Self::Nothing,
            names => Self::Only(names.split(',').map(|name| name.trim().to_owned()).collect()),
        })
    }
}

impl Registry {
    /// Starts the thread that loads, and gives it what is to be loaded at once.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn start(
        catalogue: Catalogue,
        loading: Loading,
        max_batch: usize,
    ) -> io::Result<Arc<Self>> {
        let (orders, received) = mpsc::channel();
        let room = loading.max_loaded.unwrap_or(usize::MAX);
        let mut wanted = 0;
        let mut slots = BTreeMap::new();
        let folder = catalogue.folder().to_owned();
        for entry in catalogue.into_entries() {
            let name = entry.card.name.clone();
            let phase = if !entry.card.weights_present() {
                Phase::Absent
            } else if wanted < room && loading.preload.covers(&name) {
                wanted += 1;
                // The receiver is still here.
                let _ = orders.send(Order::Load(name.clone()));
                Phase::Loading
            } else {
                Phase::Standby
            };
            slots.insert(name, Arc::new(Slot::new(entry, phase)));
        }
        let _ = orders.send(Order::Settled);
        let registry = Arc::new(Self {
            folder,
            slots: RwLock::new(slots),
            orders,
            loading,
            max_batch,
            settled: watch::Sender::new(false),
            clock: AtomicU64::new(1),
        });
        loader::spawn(Arc::downgrade(&registry), received)?;
        Ok(registry)
    }

    /// What is known of a model now.
    pub fn version(&self, name: &str) -> Option<Version> {
        self.slot(name).map(|slot| slot.version())
    }

    /// What is known of all models now, in order of their names.
    pub fn versions(&self) -> Vec<Version> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.values().map(|slot| slot.version()).collect()
    }

    /// A model ready to answer. One that is being loaded is waited for; one that is not loaded yet
    /// is loaded.
    ///
    /// # Errors
    ///
    /// When there is no such model, its weights are not here, or they cannot be loaded.
    pub async fn loaded(&self, name: &str) -> Result<Arc<Loaded>, Unavailable> {
        let slot = self.slot(name).ok_or(Unavailable::Unknown)?;
        let mut versions = slot.subscribe();
        loop {
            let version = versions.borrow_and_update().clone();
            match &version.phase {
                Phase::Ready(loaded) => {
                    slot.used(self.clock.fetch_add(1, Ordering::Relaxed));
                    return Ok(Arc::clone(loaded));
                }
                Phase::Standby => {
                    if slot.begin_loading() && self.order(Order::Load(name.to_owned())).is_err() {
                        return Err(Unavailable::State(name.to_owned(), ModelState::Loading));
                    }
                }
                Phase::Loading => {
                    if versions.changed().await.is_err() {
                        return Err(Unavailable::Unknown);
                    }
                }
                Phase::Removed => return Err(Unavailable::Unknown),
                Phase::Absent | Phase::Fetching { .. } | Phase::Failed | Phase::Unloaded => {
                    return Err(Unavailable::State(name.to_owned(), version.state()));
                }
            }
        }
    }

    /// Looks for new, changed and removed models. With `at_once` also for those that may still be
    /// being written.
    pub fn rescan(&self, at_once: bool) {
        // When the thread is gone, so is the program.
        let _ = self.order(Order::Rescan { at_once });
    }

    /// Looks at one model, whose folder is known to be complete.
    pub fn look(&self, name: &str) {
        let _ = self.order(Order::Look(name.to_owned()));
    }

    /// Says how far the fetching of a model's weights is.
    pub fn fetching(&self, name: &str, received: u64, total: Option<u64>) {
        if let Some(slot) = self.slot(name) {
            slot.change_if(
                |phase| matches!(phase, Phase::Absent | Phase::Fetching { .. }),
                || Phase::Fetching { received, total },
            );
        }
    }

    /// Says that the fetching of a model's weights has come to nothing.
    pub fn not_fetched(&self, name: &str) {
        if let Some(slot) = self.slot(name) {
            slot.change_if(|phase| matches!(phase, Phase::Fetching { .. }), || Phase::Absent);
        }
    }

    /// Whether what is loaded at the start is loaded, or has failed.
    pub fn settled(&self) -> watch::Receiver<bool> {
        self.settled.subscribe()
    }

    fn slot(&self, name: &str) -> Option<Arc<Slot>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn order(&self, order: Order) -> Result<(), mpsc::SendError<Order>> {
        self.orders.send(order)
    }

    fn insert(&self, entry: Entry, phase: Phase) {
        let name = entry.card.name.clone();
        let slot = Arc::new(Slot::new(entry, phase));
        self.slots.write().unwrap_or_else(PoisonError::into_inner).insert(name, slot);
    }

    fn remove(&self, name: &str) {
        let removed = self.slots.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        if let Some(slot) = removed {
            slot.change_if(|_| true, || Phase::Removed);
        }
    }

    fn names(&self) -> Vec<String> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}
