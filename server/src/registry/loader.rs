//! The thread that reads and loads.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Weak, mpsc},
    thread,
    time::{Duration, Instant},
};

use vision::model::Model;

use super::{
    Registry,
    rescan::Rescan,
    slot::{Loaded, Phase, Slot},
};
use crate::{
    catalogue::Entry,
    error_chain::error_chain,
    worker::batch::{self, BatchTimes},
};

/// How long a model that is loaded may be prepared for batches, more or less.
const WARM_UP: Duration = Duration::from_millis(500);

/// What the thread is asked to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Load a model, which stands as being loaded.
    Load(String),
    /// Look for new, changed and removed models.
    Rescan { at_once: bool },
    /// Look at one model, whose folder is complete.
    Look(String),
    /// Everything before this was asked for at the start.
    Settled,
}

/// Starts the thread. It ends when nobody can give it orders any more.
///
/// There is one for good rather than one for each model, because libtorch keeps state for every
/// thread that computes and does not give it back.
pub(super) fn spawn(registry: Weak<Registry>, orders: mpsc::Receiver<Order>) -> io::Result<()> {
    let body = move || {
        let mut rescan = Rescan::default();
        for order in orders {
            let Some(registry) = registry.upgrade() else { return };
            match order {
                Order::Load(name) => load_waiting(&registry, &name),
                Order::Rescan { at_once } => rescan.run(&registry, at_once),
                Order::Look(name) => rescan.look(&registry, &name, true),
                Order::Settled => {
                    registry.settled.send_replace(true);
                }
            }
        }
    };
    thread::Builder::new().name("vitrine-loader".to_owned()).spawn(body)?;
    Ok(())
}

/// Loads a model that somebody waits for, unless it has gone meanwhile.
fn load_waiting(registry: &Registry, name: &str) {
    let Some(slot) = registry.slot(name) else { return };
    let version = slot.version();
    if !matches!(version.phase, Phase::Loading) {
        return;
    }
    registry.make_room(name);
    let entry = version.entry;
    match load(registry, &entry) {
        Ok(loaded) => {
            // Unless it was unloaded meanwhile.
            if slot.change_if(|phase| matches!(phase, Phase::Loading), || Phase::Ready(loaded)) {
                slot.accept();
            }
        }
        Err(reason) => {
            tracing::error!(model = name, reason, "model cannot be loaded");
            slot.change_if(|phase| matches!(phase, Phase::Loading), || Phase::Failed);
        }
    }
}

/// Loads a version, and prepares it for the sizes of batches.
pub(super) fn load(registry: &Registry, entry: &Arc<Entry>) -> Result<Arc<Loaded>, String> {
    let start = Instant::now();
    // A panic on a hostile file must not end the thread that everybody depends on.
    let loaded = catch_unwind(AssertUnwindSafe(|| {
        let model = Model::load(&entry.card, registry.loading.compute)
            .map_err(|error| error_chain(&error))?;
        let times = warm_up(&model, registry.max_batch)?;
        Ok::<_, String>((model, times))
    }));
    // The worker has the cores for itself again.
    scheduling::end_team();
    let (model, times) = loaded.map_err(|_| "loading panicked".to_owned())??;
    let (took, compute) = (start.elapsed(), model.compute());
    let seconds = took.as_secs_f64();
    tracing::info!(model = entry.card.name, seconds, "model is ready, in {compute}");
    Ok(Arc::new(Loaded::new(Arc::clone(entry), model, times, took)))
}

/// Runs batches of every size that is likely to come, as far as there is time for that. Those that
/// are left out are prepared by the first ones that come.
fn warm_up(model: &Model, max_batch: usize) -> Result<BatchTimes, String> {
    let times = BatchTimes::default();
    let start = Instant::now();
    for size in batch::sizes(max_batch) {
        let run = || model.warm_up(size).map_err(|error| error_chain(&error));
        // The first run prepares the kernels, which takes longer than they do.
        run()?;
        if start.elapsed() > WARM_UP {
            break;
        }
        times.learn(size, run()?);
    }
    // Each size had maps of its own.
    allocator::give_back();
    Ok(times)
}

impl Registry {
    /// Drops the models that nobody has asked for the longest time, until one more has room.
    pub(super) fn make_room(&self, newcomer: &str) {
        let Some(most) = self.loading.max_loaded else { return };
        loop {
            let ready: Vec<(String, Arc<Slot>)> = self
                .names()
                .into_iter()
                .filter(|name| name != newcomer)
                .filter_map(|name| Some((name.clone(), self.slot(&name)?)))
                .filter(|(_, slot)| matches!(slot.version().phase, Phase::Ready(_)))
                .collect();
            if ready.len() < most {
                return;
            }
            let Some((name, slot)) = ready.iter().min_by_key(|(_, slot)| slot.last_used()) else {
                return;
            };
            tracing::info!(model = name, "model is dropped to make room for {newcomer}");
            slot.change_if(|phase| matches!(phase, Phase::Ready(_)), || Phase::Standby);
        }
    }
}
