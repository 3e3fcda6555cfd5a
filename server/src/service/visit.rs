//! One admitted request: so many pictures, one version of a model, one deadline.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use app::{
    classify::{Picture, Watcher},
    problem::Problem,
    wire::{Classification, Prediction, SourceKind, Stage, Timing},
};
use broker::{Answer, Priority};
use tokio::time::timeout_at;
use tracing::{Instrument, Span, info_span};
use vision::card::ModelCard;

use super::{
    Service,
    admission::Places,
    cache::ResultCache,
    faults,
    intake::{Prepared, Taken},
    way::Way,
};
use crate::{
    access,
    http::request_log,
    meters::{self, Passage},
    registry::Loaded,
    worker::{Finding, Job, Task},
};

/// A wish to be let in.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Name of the model.
    pub model: String,
    /// Whether another model may stand in for it. Not for who relies on its shapes and labels.
    pub stand_in: bool,
    /// How many pictures there will be.
    pub pictures: usize,
    /// How many places it takes at a time: one for each picture, or more if it asks the network
    /// more than once about one.
    pub places: usize,
    /// How many times longer than usual it may take.
    pub patience: u32,
    /// How long it may take; never longer than the service allows anyway.
    pub timeout: Option<Duration>,
    /// Which requests it goes before.
    pub priority: Priority,
}

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
    way: Arc<Way>,
    model: Arc<Loaded>,
    /// The name that was asked for.
    asked: String,
    pub(super) arrival: Instant,
    timeout: Duration,
    priority: Priority,
    /// How many pictures there will be.
    pictures: usize,
    /// One for each picture that has not been begun.
    passages: Mutex<Vec<Passage>>,
    /// The span of the request.
    span: Span,
    /// A number for whose it is.
    client: u64,
    _places: Places,
}

/// Where the time of one picture went.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) waited: Duration,
    pub(crate) ran: Duration,
}

impl Times {
    /// All the times of a picture that has been on its way since then.
    pub(crate) fn timing(self, fetching: Duration, decoding: Duration, since: Instant) -> Timing {
        Timing {
            fetch_ms: milliseconds(fetching),
            decode_ms: milliseconds(decoding),
            queue_ms: milliseconds(self.waited),
            inference_ms: milliseconds(self.ran),
            total_ms: milliseconds(since.elapsed()),
        }
    }
}

impl Ask {
    /// One picture, with nothing special about it.
    pub fn one(model: impl Into<String>) -> Self {
        Self::many(model, 1)
    }

    /// So many pictures, with nothing special about them.
    pub fn many(model: impl Into<String>, pictures: usize) -> Self {
        Self {
            model: model.into(),
            stand_in: true,
            pictures,
            places: pictures,
            patience: 1,
            timeout: None,
            priority: Priority::Normal,
        }
    }
}

impl Service {
    /// Lets a request in, with all its pictures or with none, and finds the version of the model
    /// that answers all of them.
    ///
    /// # Errors
    ///
    /// When there are not as many places, at the moment or ever, or when the model does not answer.
    pub async fn visit(&self, ask: Ask) -> Result<Visit, Problem> {
        let arrival = Instant::now();
        let passages = self.arrive(&ask)?;
        let timeout =
            ask.timeout.unwrap_or(Duration::MAX).min(self.way.limits.timeout * ask.patience);
        let client = access::flow();
        let (places, model) = match self.enter(client, &ask, arrival, timeout).await {
            Ok(entered) => entered,
            Err(problem) => {
                passages.into_iter().for_each(|passage| passage.refuse(&problem));
                return Err(problem);
            }
        };
        // The first one was paid for at the door, where nobody knew of the others.
        access::owe(ask.pictures - 1);
        Ok(Visit {
            way: Arc::clone(&self.way),
            model,
            asked: ask.model,
            arrival,
            timeout,
            priority: ask.priority,
            pictures: ask.pictures,
            passages: Mutex::new(passages),
            span: Span::current(),
            client,
            _places: places,
        })
    }

    async fn enter(
        &self,
        client: u64,
        ask: &Ask,
        arrival: Instant,
        timeout: Duration,
    ) -> Result<(Places, Arc<Loaded>), Problem> {
        let places = self.admit(client, ask)?;
        let found = async {
            // A model may be loaded before the worker's thread has begun.
            self.started().await;
            self.resolve(&ask.model, ask.stand_in).await
        };
        let found = timeout_at((arrival + timeout).into(), found).await;
        Ok((places, found.map_err(|_| faults::expired(timeout))??))
    }
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
        let decode = info_span!(parent: &self.span, "decode", bytes = taken.bytes.len());
        let prepared = self.way.prepare(self.card(), taken.bytes.clone()).instrument(decode);
        let prepared = self.in_time(prepared).await?;
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

/// What is said when nothing was sent: the picture that was classified instead must not pass for
/// one of the caller's.
pub(crate) const NO_PICTURE: &str = "No picture was given, so this is the answer for the model's first \
                          example. Send a picture, or the address of one as `url`.";

fn wire(prediction: vision::prediction::Prediction) -> Prediction {
    Prediction {
        index: prediction.index as u32,
        label: prediction.label,
        probability: prediction.probability,
    }
}

/// Milliseconds to the microsecond: more digits would be noise.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}
