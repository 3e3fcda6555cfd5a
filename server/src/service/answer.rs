//! The way of one picture: admission, intake, worker, wording.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use app::{
    classify::{Picture, Request},
    problem::Problem,
    wire::{Classification, Prediction, SourceKind, Timing},
};
use tracing::{Instrument, Span, info_span};

use super::{Service, faults, intake::Taken};
use crate::{
    http::request_log,
    meters::{Passage, Stage},
    worker::Job,
};

impl Service {
    /// Answers one request. Nothing here blocks the thread that it runs on.
    pub(super) async fn answer(&self, request: Request) -> Result<Classification, Problem> {
        request_log::note(&request.model, Timing::default());
        // A name that is not one of ours must not become a label of a meter.
        if self.registry.version(&request.model).is_none() {
            self.meters.unknown_model();
            return Err(faults::unknown_model(&request.model));
        }
        let passage = self.meters.arrive(&request.model);
        let outcome = self.pass(request, &passage).await;
        passage.settle(outcome.as_ref().err());
        outcome
    }

    async fn pass(&self, request: Request, passage: &Passage) -> Result<Classification, Problem> {
        let arrival = Instant::now();
        let deadline = arrival + self.limits.timeout;
        let _admitted = self.admit()?;
        let expired = || faults::expired(self.limits.timeout);
        let found = tokio::time::timeout_at(deadline.into(), self.resolve(&request.model));
        let model = found.await.map_err(|_| expired()).flatten()?;
        let (entry, card) = (&*model.entry, model.card());

        let no_picture = matches!(request.picture, Picture::Example(None));
        let fetch = match &request.picture {
            Picture::Url(_) => info_span!("fetch"),
            Picture::Bytes { .. } | Picture::Example(_) => Span::none(),
        };
        let taken = self.take(entry, request.picture).instrument(fetch);
        let taken = tokio::time::timeout_at(deadline.into(), taken);
        let Taken { bytes, kind, name, fetching } = taken.await.map_err(|_| expired())??;
        let size = bytes.len() as u64;
        passage.received(size);
        if kind == SourceKind::Url {
            passage.took(Stage::Fetch, fetching);
        }

        let start = Instant::now();
        let prepared = self.prepare(card, bytes).instrument(info_span!("decode", bytes = size));
        let prepared = tokio::time::timeout_at(deadline.into(), prepared);
        let mut prepared = prepared.await.map_err(|_| expired())??;
        let decoding = start.elapsed();
        passage.took(Stage::Decode, decoding);

        let pixels = std::mem::take(&mut prepared.pixels);
        let (mark, waiting) = (passage.mark(), info_span!("queue", model = card.name));
        let job =
            Job { model: Arc::clone(&model), pixels, mark, waiting, request: Span::current() };
        let ticket = self.broker.submit(job, Some(deadline)).map_err(faults::submission)?;
        passage.queued();
        let answer = ticket.await.map_err(|error| faults::run(&error, self.limits.timeout))?;
        passage.took(Stage::Queue, answer.waited);
        passage.took(Stage::Inference, answer.ran);

        let start = Instant::now();
        let probabilities = vision::prediction::softmax(&answer.response, card.temperature);
        let best = vision::prediction::top_k(&probabilities, &card.labels, request.top_k.max(1));
        let crop = request.crop.then(|| prepared.crop_url()).transpose()?;
        passage.took(Stage::Wording, start.elapsed());
        let timing = Timing {
            fetch_ms: milliseconds(fetching),
            decode_ms: milliseconds(decoding),
            queue_ms: milliseconds(answer.waited),
            inference_ms: milliseconds(answer.ran),
            total_ms: milliseconds(arrival.elapsed()),
        };
        request_log::note(&card.name, timing);
        Ok(Classification {
            model: card.name.clone(),
            fallback_for: (card.name != request.model).then_some(request.model),
            predictions: best.into_iter().map(wire).collect(),
            source: prepared.source(kind, name, size),
            timing,
            note: no_picture.then(|| NO_PICTURE.to_owned()),
            crop,
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
