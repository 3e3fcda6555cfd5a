//! The door: a request is let in with all of its pictures, or refused at once.

use std::sync::Arc;

use app::problem::Problem;
use tokio::sync::OwnedSemaphorePermit;

use super::{Ask, Service, faults};
use crate::meters::Passage;

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

    /// Places in the house for so many pictures; a problem when there are not as many.
    pub(super) fn admit(&self, pictures: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let most = self.way.limits.queue;
        let places = match u32::try_from(pictures) {
            Ok(0) => return Err(faults::no_picture()),
            Ok(places) if pictures <= most => places,
            _ => return Err(faults::too_many_pictures(most)),
        };
        let busy = |_| faults::busy(self.way.broker.expected_wait());
        Arc::clone(&self.admission).try_acquire_many_owned(places).map_err(busy)
    }
}
