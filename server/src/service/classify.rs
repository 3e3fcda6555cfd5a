//! All there is to say about a picture.

use std::time::Instant;

use app::{
    classify::{Picture, Watcher},
    problem::Problem,
    wire::{Classification, Prediction},
};

use super::{faults, visit::Visit};
use crate::{http::request_log, meters::Passage};

/// What is said when nothing was sent: the picture that was classified instead must not pass for
/// one of the caller's.
pub(crate) const NO_PICTURE: &str = "No picture was given, so this is the answer for the model's first \
                          example. Send a picture, or the address of one as `url`.";

impl Visit {
    /// Classifies one of the pictures, with all there is to say about it.
    ///
    /// # Errors
    ///
    /// When the picture cannot be had, read or scored in time.
    pub async fn classify(
        &self,
        picture: Picture,
        top_k: usize,
        crop: bool,
        watcher: &Watcher,
    ) -> Result<Classification, Problem> {
        let passage = self.passage().ok_or_else(faults::bug)?;
        let outcome = self.classify_passing(picture, top_k, crop, watcher, &passage).await;
        passage.settle(outcome.as_ref().err());
        outcome
    }

    async fn classify_passing(
        &self,
        picture: Picture,
        top_k: usize,
        crop: bool,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<Classification, Problem> {
        let start = Instant::now();
        let no_picture = matches!(picture, Picture::Example(None));
        let taken = self.take(picture, watcher, passage).await?;
        let seen = self.look(&taken, crop, watcher, passage).await?;
        let card = self.card();
        let probabilities = &seen.known.scored.probabilities;
        let best = vision::prediction::top_k(probabilities, &card.labels, top_k.max(1));
        // The wait for a model that had to be loaded belongs to the only picture there is.
        let start = if self.pictures == 1 { self.arrival } else { start };
        let timing = seen.timing(&taken, start);
        request_log::note(&card.name, timing);
        Ok(Classification {
            model: card.name.clone(),
            fallback_for: self.fallback_for().map(str::to_owned),
            predictions: best.into_iter().map(wire).collect(),
            source: seen.known.facts.source(&taken),
            timing,
            cached: seen.cached,
            note: no_picture.then(|| NO_PICTURE.to_owned()),
            crop: seen.crop,
        })
    }
}

fn wire(prediction: vision::prediction::Prediction) -> Prediction {
    Prediction {
        index: prediction.index as u32,
        label: prediction.label,
        probability: prediction.probability,
    }
}
