//! One admitted request: so many pictures, one version of a model, one deadline.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use app::{
    classify::{Picture, Watcher},
    problem::Problem,
    wire::{SourceKind, Stage},
};
use broker::{Answer, Priority};
use tokio::time::timeout_at;
use tracing::{Instrument, Span, info_span};
use vision::card::ModelCard;

use super::{
    admission::Places,
    cache::ResultCache,
    faults,
    intake::{Prepared, Taken},
    timing::Times,
    way::Way,
};
use crate::{
    http::request_log,
    meters::{self, Passage},
    registry::Loaded,
    worker::{Finding, Job, Task, company::Coming},
};

/// Something to be scored.
#[derive(Debug, Clone)]
pub enum Item {
    /// A picture, to be decoded and prepared.
    Picture(Picture),
    /// What the network takes: `HWC f32`, `size * size * 3` of them, finite.
    Tensor(Vec<f32>),
}

/// What a network says of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Its raw scores, one for each class.
    pub logits: Vec<f32>,
    /// Calibrated probabilities of the classes, `0..=1`.
    pub probabilities: Vec<f32>,
}

/// An admitted request. Its places are free again when it is dropped.
#[derive(Debug)]
pub struct Visit {
    pub(super) way: Arc<Way>,
    pub(super) model: Arc<Loaded>,
    /// The name that was asked for.
    pub(super) asked: String,
    pub(super) arrival: Instant,
    pub(super) timeout: Duration,
    pub(super) priority: Priority,
    /// How many pictures there will be.
    pub(super) pictures: usize,
    /// One for each picture that has not been begun.
    pub(super) passages: Mutex<Vec<Passage>>,
    /// Pictures that are prepared and not yet asked about.
    pub(super) coming: Mutex<Vec<Coming>>,
    /// The span of the request.
    pub(super) span: Span,
    /// A number for whose it is.
    pub(super) client: u64,
    pub(super) _places: Places,
}

impl Visit {
    /// The card of the version that answers.
    pub fn card(&self) -> &ModelCard {
        self.model.card()
    }

    /// The version that answers.
    pub fn model(&self) -> &Arc<Loaded> {
        &self.model
    }

    /// The model that was asked for, if another one stands in for it.
    pub fn fallback_for(&self) -> Option<&str> {
        (self.card().name != self.asked).then_some(self.asked.as_str())
    }

    /// Counts one of the pictures as failed, since it could not even be read.
    pub fn spoil(&self, problem: Problem) -> Problem {
        if let Some(passage) = self.passage() {
            passage.settle(Some(&problem));
        }
        problem
    }

    /// Scores one of the pictures.
    ///
    /// # Errors
    ///
    /// When the picture cannot be had, read or scored in time.
    pub async fn score(&self, item: Item) -> Result<Scored, Problem> {
        let passage = self.passage().ok_or_else(faults::bug)?;
        let outcome = self.score_passing(item, &passage).await;
        passage.settle(outcome.as_ref().err());
        outcome
    }

    async fn score_passing(&self, item: Item, passage: &Passage) -> Result<Scored, Problem> {
        let quiet = unwatched();
        let (scored, timing) = match item {
            Item::Tensor(pixels) => {
                let (scored, times) = self.run(pixels, Duration::ZERO, &quiet, passage).await?;
                (scored, times.timing(Duration::ZERO, Duration::ZERO, self.arrival))
            }
            Item::Picture(picture) => {
                let taken = self.take(picture, &quiet, passage).await?;
                let seen = self.look(&taken, false, &quiet, passage).await?;
                (seen.known.scored.clone(), seen.timing(&taken, self.arrival))
            }
        };
        request_log::note(&self.card().name, timing);
        Ok(scored)
    }

    /// Gets hold of a picture.
    pub(super) async fn take(
        &self,
        picture: Picture,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<Taken, Problem> {
        let fetch = match &picture {
            Picture::Url(_) => info_span!(parent: &self.span, "fetch"),
            Picture::Bytes { .. } | Picture::Example(_) => Span::none(),
        };
        let taken = self.way.take(&self.model.entry, picture, watcher).instrument(fetch);
        let taken = self.in_time(taken).await?;
        passage.received(taken.bytes.len() as u64);
        if taken.kind == SourceKind::Url {
            passage.took(meters::Stage::Fetch, taken.fetching);
        }
        Ok(taken)
    }

    /// Makes a picture ready; how long that took.
    pub(super) async fn prepare(
        &self,
        taken: &Taken,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<(Prepared, Duration), Problem> {
        watcher(Stage::Decoding);
        let start = Instant::now();
        let coming = self.model.company.announce(start);
        let decode = info_span!(parent: &self.span, "decode", bytes = taken.bytes.len());
        let prepared = self.way.prepare(self.card(), taken.bytes.clone()).instrument(decode);
        let prepared = self.in_time(prepared).await?;
        coming.is_ready();
        self.coming.lock().unwrap_or_else(PoisonError::into_inner).push(coming);
        let decoding = start.elapsed();
        passage.took(meters::Stage::Decode, decoding);
        Ok((prepared, decoding))
    }

    /// What comes of something before the deadline.
    pub(super) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        let late = |_| faults::expired(self.timeout);
        timeout_at(self.deadline().into(), work).await.map_err(late)?
    }

    /// The answers that are known already, if any are kept.
    pub(super) fn cache(&self) -> Option<&ResultCache> {
        self.way.cache.as_ref()
    }

    /// Asks the worker.
    pub(super) async fn ask(
        &self,
        task: Task,
        priority: Priority,
        pixels: Vec<f32>,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<Answer<Finding>, Problem> {
        let job = Job {
            model: Arc::clone(&self.model),
            pixels,
            task,
            mark: passage.mark(),
            waiting: info_span!(parent: &self.span, "queue", model = self.card().name),
            request: self.span.clone(),
            coming: self.coming.lock().unwrap_or_else(PoisonError::into_inner).pop(),
        };
        self.way
            .run((priority, self.client), job, self.deadline(), self.timeout, passage, watcher)
            .await
    }

    /// Asks the network what it sees.
    pub(super) async fn run(
        &self,
        pixels: Vec<f32>,
        decoding: Duration,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<(Scored, Times), Problem> {
        let answer = self.ask(Task::Score, self.priority, pixels, watcher, passage).await?;
        passage.took(meters::Stage::Queue, answer.waited);
        passage.took(meters::Stage::Inference, answer.ran);
        let start = Instant::now();
        let Finding::Score(scores) = answer.response else { return Err(faults::bug()) };
        let logits = scores.map_err(|_| faults::not_finite())?;
        let probabilities = self.card().output.probabilities(&logits);
        let wording = start.elapsed();
        passage.took(meters::Stage::Wording, wording);
        passage.shared(answer.batch_size, decoding, wording);
        let times = Times { waited: answer.waited, ran: answer.ran };
        Ok((Scored { logits, probabilities }, times))
    }

    /// The passage of the next picture.
    pub(super) fn passage(&self) -> Option<Passage> {
        self.passages.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    pub(super) fn deadline(&self) -> Instant {
        self.arrival + self.timeout
    }
}

/// Tells nobody.
pub(crate) fn unwatched() -> Watcher {
    Arc::new(|_| ())
}
