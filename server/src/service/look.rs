//! What a network says of a picture, unless that is known already.

use std::time::{Duration, Instant};

use app::{classify::Watcher, problem::Problem, wire::Timing};

use super::{
    cache::{Key, Known},
    intake::{Prepared, Taken},
    timing::Times,
    visit::Visit,
};
use crate::meters::Passage;

/// What came of a picture.
pub(super) struct Seen {
    pub(super) known: std::sync::Arc<Known>,
    /// Whether it was known, so that the network was not asked.
    pub(super) cached: bool,
    /// What the network saw, as a `data:` URL, if that was asked for.
    pub(super) crop: Option<String>,
    /// How long it took to make ready for this answer.
    decoding: Duration,
}

impl Visit {
    /// Looks at a picture.
    pub(super) async fn look(
        &self,
        taken: &Taken,
        crop: bool,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<Seen, Problem> {
        // Whoever wants to see the square needs it made, whether the rest is known or not. What only some
        // ask for has a box, since all have memory for what is in none.
        let ready =
            if crop { Some(Box::pin(self.prepare(taken, watcher, passage)).await?) } else { None };
        let find_out = || self.find_out(taken, ready.as_ref(), watcher, passage);
        let (known, cached) = match self.cache() {
            None => (find_out().await?.into(), false),
            Some(cache) => {
                let found = Box::pin(cache.get(Key::new(&taken.bytes, self.model()), find_out));
                let (known, cached) = self.in_time(found).await?;
                passage.remembered(cached);
                (known, cached)
            }
        };
        let decoding = match &ready {
            Some((_, decoding)) => *decoding,
            None if cached => Duration::ZERO,
            None => known.decoding,
        };
        let crop = ready.map(|(prepared, _)| prepared.crop_url()).transpose()?;
        Ok(Seen { known, cached, crop, decoding })
    }

    async fn find_out(
        &self,
        taken: &Taken,
        ready: Option<&(Prepared, Duration)>,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<Known, Problem> {
        let (pixels, facts, decoding) = match ready {
            Some((prepared, decoding)) => {
                (prepared.pixels.clone(), prepared.facts.clone(), *decoding)
            }
            None => {
                let (prepared, decoding) = self.prepare(taken, watcher, passage).await?;
                (prepared.pixels, prepared.facts, decoding)
            }
        };
        let (scored, times) = self.run(pixels, decoding, watcher, passage).await?;
        Ok(Known { scored, facts, decoding, times })
    }
}

impl Seen {
    /// All the times of this answer since then. What was known took none.
    pub(super) fn timing(&self, taken: &Taken, since: Instant) -> Timing {
        let times = if self.cached { Times::default() } else { self.known.times };
        times.timing(taken.fetching, self.decoding, since)
    }
}
