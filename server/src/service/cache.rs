//! Answers that are known already: the same picture, asked of the same version of a model.
//!
//! Off unless the operator gives it room. What is kept is what the network put out, by the SHA-256
//! of the picture as it came and by the version, which stands for its weights and its
//! preparation: a version that is replaced is never asked for again. Of several equal pictures at
//! once, one is worked on and the others wait for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::problem::Problem;
use moka::future::Cache;
use sha2::{Digest, Sha256};

use super::{intake::Facts, timing::Times, visit::Scored};
use crate::registry::Loaded;

/// Bytes that an entry takes besides its scores, roughly: the key twice, and the bookkeeping.
const OVERHEAD: usize = 256;

/// What is known of a picture.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) scored: Scored,
    pub(super) facts: Facts,
    /// How long it took to make ready, and to be answered.
    pub(super) decoding: Duration,
    pub(super) times: Times,
}

/// The answers.
#[derive(Debug)]
pub(super) struct ResultCache(Cache<Key, Arc<Known>>);

/// A picture and the version of a model that is asked about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    picture: [u8; 32],
    version: u64,
}

impl Key {
    pub(super) fn new(picture: &[u8], version: &Loaded) -> Self {
        Self { picture: Sha256::digest(picture).into(), version: version.id }
    }
}

impl ResultCache {
    /// A cache for so many bytes; none if there are none.
    pub(super) fn new(bytes: u64) -> Option<Self> {
        let size = |_: &Key, known: &Arc<Known>| {
            let scores = (known.scored.logits.len() + known.scored.probabilities.len()) * 4;
            u32::try_from(scores + OVERHEAD).unwrap_or(u32::MAX)
        };
        (bytes > 0).then(|| Self(Cache::builder().max_capacity(bytes).weigher(size).build()))
    }

    /// What is known of a picture, or is found out now; and whether it was known.
    ///
    /// # Errors
    ///
    /// Those of finding it out. They are not kept.
    pub(super) async fn get<F>(
        &self,
        key: Key,
        find_out: impl Fn() -> F,
    ) -> Result<(Arc<Known>, bool), Problem>
    where
        F: Future<Output = Result<Known, Problem>>,
    {
        let worked = AtomicBool::new(false);
        let work = async {
            worked.store(true, Ordering::Relaxed);
            find_out().await.map(Arc::new)
        };
        let found = self.0.try_get_with(key, work).await;
        let cached = !worked.load(Ordering::Relaxed);
        match found {
            Ok(known) => Ok((known, cached)),
            // That another one's time was up says nothing about this one.
            Err(problem) if cached && problem.status >= 500 => {
                find_out().await.map(|known| (Arc::new(known), false))
            }
            Err(problem) => Err(Problem::clone(&problem)),
        }
    }

    /// How many answers are kept, and their size in bytes, roughly.
    pub(super) fn held(&self) -> (u64, u64) {
        (self.0.entry_count(), self.0.weighted_size())
    }
}
