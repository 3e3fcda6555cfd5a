//! The door: a request is let in with all of its pictures, or refused at once.

use std::sync::{Arc, atomic::Ordering};

use app::problem::Problem;
use tokio::sync::OwnedSemaphorePermit;

use super::{Service, faults};

impl Service {
    /// Places in the house for so many pictures; a problem when there are not as many.
    pub(super) fn admit(&self, pictures: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let most = self.way.limits.queue;
        let places = match u32::try_from(pictures) {
            Ok(0) => return Err(faults::no_picture()),
            Ok(places) if pictures <= most => places,
            _ => {
                self.refused.fetch_add(pictures as u64, Ordering::Relaxed);
                return Err(faults::too_many_pictures(most));
            }
        };
        let admission = Arc::clone(&self.admission);
        admission.try_acquire_many_owned(places).map_err(|_| self.refuse_many(pictures))
    }

    pub(super) fn refuse_many(&self, pictures: usize) -> Problem {
        self.refused.fetch_add(pictures as u64, Ordering::Relaxed);
        faults::busy(self.way.broker.expected_wait())
    }
}
