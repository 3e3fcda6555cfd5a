//! Memory that large bodies share.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What one request has of the memory for large bodies. It is given back when the last clone is
/// dropped.
#[derive(Debug, Clone)]
pub(in crate::http) struct Room {
    all: Arc<Semaphore>,
    taken: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
}

/// There is no more of it at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no room for the body at the moment")]
pub(in crate::http) struct NoRoom;

impl Room {
    /// Nothing yet of all that there is, one permit a byte.
    pub(super) fn of(all: &Arc<Semaphore>) -> Self {
        Self { all: Arc::clone(all), taken: Arc::default() }
    }

    /// Takes so many bytes.
    ///
    /// # Errors
    ///
    /// When there are not as many.
    pub(in crate::http) fn take(&self, bytes: usize) -> Result<(), NoRoom> {
        let bytes = u32::try_from(bytes).map_err(|_| NoRoom)?;
        let more = Arc::clone(&self.all).try_acquire_many_owned(bytes).map_err(|_| NoRoom)?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *taken {
            Some(taken) => taken.merge(more),
            None => *taken = Some(more),
        }
        Ok(())
    }

    /// Gives so many bytes back.
    pub(in crate::http) fn give_back(&self, bytes: usize) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        drop(taken.as_mut().and_then(|taken| taken.split(bytes)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back() {
        let all = Arc::new(Semaphore::new(10));
        let (one, other) = (Room::of(&all), Room::of(&all));
        assert_eq!((one.take(4), one.take(4)), (Ok(()), Ok(())));
        assert_eq!(other.take(3), Err(NoRoom));
        one.give_back(5);
        assert_eq!((other.take(3), all.available_permits()), (Ok(()), 4));
        drop(one.clone());
        assert_eq!(all.available_permits(), 4);
        drop((one, other));
        assert_eq!(all.available_permits(), 10);
    }
}
