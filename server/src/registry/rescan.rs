//! Noticing that the models folder has changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Registry,
    loader::{Order, load},
    slot::{Phase, Slot},
};
use crate::{
    catalogue::{Entry, Stamp, folders},
    error_chain::error_chain,
};

/// What earlier looks have seen.
///
/// A change is acted upon when two looks in a row see the same, so that a folder is not read while
/// somebody is writing it.
#[derive(Debug, Default)]
pub(super) struct Rescan {
    seen: BTreeMap<String, Stamp>,
    missing: BTreeSet<String>,
    /// Versions that are no good, which need not be tried again.
    refused: BTreeMap<String, Stamp>,
    unreadable: bool,
}

impl Rescan {
    /// Looks once.
    pub(super) fn run(&mut self, registry: &Registry, at_once: bool) {
        let found = match folders(&registry.folder) {
            Ok(found) => found,
            Err(error) => {
                // Perhaps a disk that comes back: what is loaded goes on. Said once, not every time.
                if !std::mem::replace(&mut self.unreadable, true) {
                    tracing::error!(reason = error_chain(&error), "cannot look for models");
                }
                return;
            }
        };
        self.unreadable = false;
        for name in registry.names() {
            if found.contains_key(&name) {
                self.missing.remove(&name);
            } else if !self.missing.insert(name.clone()) || at_once {
                self.forget(&name);
                registry.remove(&name);
                tracing::info!(model = name, "model is gone from the models folder");
            }
        }
        for name in found.keys() {
            self.look(registry, name, at_once);
        }
    }

    /// Looks at one model, which has a folder.
    pub(super) fn look(&mut self, registry: &Registry, name: &str, at_once: bool) {
        let path = registry.folder.join(name);
        let stamp = Stamp::of(&path);
        let slot = registry.slot(name);
        let current = slot.as_ref().is_some_and(|slot| slot.version().entry.stamp == stamp);
        let before = self.seen.insert(name.to_owned(), stamp.clone());
        let still = at_once || before.as_ref() == Some(&stamp);
        if let (true, Some(slot)) = (current, &slot) {
            // Perhaps somebody put back what was there before a version that was refused.
            if self.refused.remove(name).is_some() {
                slot.accept();
            }
            return;
        }
        if !still || self.refused.get(name) == Some(&stamp) {
            return;
        }
        let renewed = match Entry::read(&path) {
            Ok(entry) => renew(registry, slot.as_deref(), entry),
            Err(error) => Err(error_chain(&error)),
        };
        match renewed {
            Ok(()) => {
                self.refused.remove(name);
            }
            Err(reason) => {
                tracing::error!(model = name, reason, "the new version is refused");
                self.refused.insert(name.to_owned(), stamp);
                if let Some(slot) = slot {
                    slot.refuse();
                }
            }
        }
    }

    fn forget(&mut self, name: &str) {
        self.seen.remove(name);
        self.missing.remove(name);
        self.refused.remove(name);
    }
}

/// Puts a new version in place, if it is any good.
fn renew(registry: &Registry, slot: Option<&Slot>, entry: Entry) -> Result<(), String> {
    let name = entry.card.name.clone();
    let present = entry.card.weights_present();
    let Some(slot) = slot else {
        tracing::info!(model = name, "a new model");
        let preload = present && registry.loading.preload.covers(&name);
        let phase = match (present, preload) {
            (false, _) => Phase::Absent,
            (true, true) => Phase::Loading,
            (true, false) => Phase::Standby,
        };
        registry.insert(entry, phase);
        if preload {
            // To this very thread, which gets to it next.
            let _ = registry.order(Order::Load(name));
        }
        return Ok(());
    };
    let entry = Arc::new(entry);
    let phase = match slot.version().phase {
        Phase::Ready(_) if !present => return Err("its weights are gone".to_owned()),
        _ if !present => Phase::Absent,
        // Whoever waits is answered by the new version, which an order to load is there for.
        same @ (Phase::Loading | Phase::Standby | Phase::Unloaded) => same,
        old => {
            if !matches!(old, Phase::Ready(_)) {
                registry.make_room(&name);
            }
            let loaded = load(registry, &entry)?;
            tracing::info!(model = name, "the new version answers");
            Phase::Ready(loaded)
        }
    };
    slot.replace(entry, phase);
    Ok(())
}
