//! The way of one picture: admission, intake, worker, wording.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use app::{
    classify::{Picture, Request},
    problem::Problem,
    wire::{Classification, Prediction, Timing},
};

use super::{Service, faults, intake::Taken};
use crate::{http::request_log, worker::Job};

impl Service {
    /// Answers one request. Nothing here blocks the thread that it runs on.
    pub(super) async fn answer(&self, request: Request) -> Result<Classification, Problem> {
        let arrival = Instant::now();
        let deadline = arrival + self.limits.timeout;
        request_log::note(&request.model, Timing::default());
        let entry = self.resolve(&request.model).inspect_err(|_| {
            self.refused.fetch_add(1, Ordering::Relaxed);
        })?;
        let card = &entry.card;
        let _admitted = self.admit()?;

        let no_picture = matches!(request.picture, Picture::Example(None));
        let expired = || faults::expired(self.limits.timeout);
        let taken = tokio::time::timeout_at(deadline.into(), self.take(entry, request.picture));
        let Taken { bytes, kind, name, fetching } = taken.await.map_err(|_| expired())??;
        let size = bytes.len() as u64;

        let decoding = Instant::now();
        let prepared = tokio::time::timeout_at(deadline.into(), self.prepare(card, bytes));
        let mut prepared = prepared.await.map_err(|_| expired())??;
        let decoding = decoding.elapsed();

        let job =
            Job { model: card.name.as_str().into(), pixels: std::mem::take(&mut prepared.pixels) };
        let ticket = self.broker.submit(job, Some(deadline)).map_err(faults::submission)?;
        let answer = ticket.await.map_err(|error| faults::run(&error, self.limits.timeout))?;

        let probabilities = vision::prediction::softmax(&answer.response, card.temperature);
        let best = vision::prediction::top_k(&probabilities, &card.labels, request.top_k.max(1));
        let timing = Timing {
            fetch_ms: milliseconds(fetching),
            decode_ms: milliseconds(decoding),
            queue_ms: milliseconds(answer.waited),
            inference_ms: milliseconds(answer.ran),
            total_ms: milliseconds(arrival.elapsed()),
        };
        request_log::note(&card.name, timing);
        self.tally.count(&card.name, timing.total_ms);
        Ok(Classification {
            model: card.name.clone(),
            fallback_for: (card.name != request.model).then_some(request.model),
            predictions: best.into_iter().map(wire).collect(),
            source: prepared.source(kind, name, size),
            timing,
            note: no_picture.then(|| NO_PICTURE.to_owned()),
            crop: request.crop.then(|| prepared.crop_url()).transpose()?,
        })
    }
}

/// What is said when nothing was sent: the picture that was classified instead must not pass for
/// one of the caller's.
const NO_PICTURE: &str = "No picture was given, so this is the answer for the model's first \
                          example. Send a picture, or the address of one as `url`.";

fn wire(prediction: vision::prediction::Prediction) -> Prediction {
    Prediction {
        index: prediction.index as u32,
        label: prediction.label,
        probability: prediction.probability,
    }
}

/// Milliseconds to the microsecond: more digits would be noise.
fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}
