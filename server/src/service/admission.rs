//! The door: a request is let in with all of its pictures, or refused at once.

mod promises;
mod shares;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Instant,
};

use app::problem::Problem;

use super::{Ask, Service, faults};
use crate::meters::Passage;
pub(super) use shares::{Places, Shares};

impl Service {
    /// Counts the pictures of a request as arrived.
    ///
    /// # Errors
    ///
    /// When there is no such model: its name must not become a label of a meter.
    pub(super) fn arrive(&self, ask: &Ask) -> Result<Vec<Passage>, Problem> {
        // A request for more than can ever be had counts once, whatever number it says.
        let possible = (1..=self.way.limits.queue).contains(&ask.pictures);
        let pictures = if possible { ask.pictures } else { 1 };
        if self.registry.version(&ask.model).is_none() {
            self.meters.unknown_model(pictures as u64);
            return Err(faults::unknown_model(&ask.model));
        }
        Ok(self.meters.arrive_together(&ask.model, pictures))
    }

    /// Places in the house for a client's request; a problem when there are not as many.
    pub(super) fn admit(&self, client: u64, ask: &Ask) -> Result<Places, Problem> {
        let most = self.way.limits.queue;
        match ask.places {
            0 => return Err(faults::no_picture()),
            places if places > most => return Err(faults::too_many_pictures(most)),
            _ => {}
        }
        let mut model = DefaultHasher::new();
        ask.model.hash(&mut model);
        self.admission
            .take(client, model.finish(), ask.places, Instant::now())
            .ok_or_else(|| self.full(client, ask.places))
    }

    /// What is told to a client for whom there are not as many places.
    pub(super) fn full(&self, client: u64, places: usize) -> Problem {
        let wait = self.way.broker.expected_wait();
        faults::busy(self.admission.promise(client, places, wait, Instant::now()))
    }
}

#[cfg(test)]
mod tests;
