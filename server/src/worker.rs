//! The pipeline on the worker thread: batches on the networks of whatever models are loaded.

pub(crate) mod batch;
pub(crate) mod company;

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use broker::{Candidate, Pipeline};
use vision::{
    explain::{ExplainError, Heatmap, Method},
    model::{Cores, Model, ModelError},
};

use crate::{
    meters::{Mark, Meters},
    registry::Loaded,
};
use company::Coming;

/// A batch of which it is worth that the team of threads ends with it, if no picture for its model is on the way
/// by then. For milliseconds its threads would look out for more, on cores that the next pictures are decoded on,
/// and the worker wakes up on. Another team takes a tenth of a millisecond.
const LONG: Duration = Duration::from_millis(20);

/// A prepared picture with the model that it is for, which lives at least as long as the picture
/// waits.
#[derive(Debug)]
pub struct Job {
    /// The version of the model that the picture was prepared for.
    pub model: Arc<Loaded>,
    /// The picture, `HWC f32` as the model's preprocessing gives it.
    pub pixels: Vec<f32>,
    /// What to find out about it.
    pub task: Task,
    /// Says that the picture runs.
    pub mark: Mark,
    /// The span of the wait, which ends when the picture runs.
    pub waiting: tracing::Span,
    /// The span of the request.
    pub request: tracing::Span,
    /// That it was announced, if it was.
    pub(crate) coming: Option<Coming>,
}

/// What to find out about a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// What the network puts out.
    Score,
    /// Which parts speak for a class, by the gradient.
    GradCam(usize),
}

/// What was found out.
#[derive(Debug)]
pub enum Finding {
    /// What the network put out.
    Score(Logits),
    /// The parts that speak for the class.
    GradCam(Result<Heatmap, ExplainError>),
}

/// The logits of a picture, one for each class, or why there are none for this one.
pub type Logits = Result<Vec<f32>, NotFinite>;

/// The network gave an infinity or something that is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the logits are not finite")]
pub struct NotFinite;

/// Runs jobs. It is made on the worker thread, which alone asks the networks.
#[derive(Debug)]
pub struct Worker {
    meters: Arc<Meters>,
    max_batch: usize,
}

impl Worker {
    /// Makes a worker that counts its batches here, of so many pictures at most.
    pub fn new(meters: Arc<Meters>, max_batch: usize) -> Self {
        Self { meters, max_batch }
    }

    /// How many pictures of a model run together at most.
    fn most(&self, model: &Loaded) -> usize {
        model.card().max_batch.map_or(self.max_batch, |most| most.get().min(self.max_batch))
    }
}

impl Pipeline for Worker {
    type Request = Job;
    type Response = Finding;
    type Error = ModelError;

    fn run(&mut self, batch: Vec<Job>) -> Result<Vec<Finding>, ModelError> {
        let Some(first) = batch.first() else { return Ok(Vec::new()) };
        let model = Arc::clone(&first.model);
        let (name, batch_size, task) = (model.card().name.as_str(), batch.len(), first.task);
        let mut spans = Vec::with_capacity(batch_size);
        let mut pictures = Vec::with_capacity(batch_size);
        for Job { pixels, mark, waiting, request, .. } in batch {
            mark.running();
            drop(waiting);
            spans
                .push(tracing::info_span!(parent: &request, "inference", model = name, batch_size));
            pictures.push(pixels);
        }
        if let Task::GradCam(class) = task {
            let network = model.network();
            let mut go_on = |_, _| ControlFlow::Continue(());
            let explain =
                |pixels: &Vec<f32>| network.explain(pixels, class, Method::GradCam, &mut go_on);
            return Ok(pictures.iter().map(explain).map(Finding::GradCam).collect());
        }
        let start = Instant::now();
        let network = model.network();
        let cores = Cores::for_batch(batch_size, model.company.expects());
        let answers = match network.logits_on(&pictures, cores) {
            // Tensors come from strangers, who must not spoil the answers of others.
            Err(ModelError::NotFinite { .. }) => pictures
                .into_iter()
                .map(|pixels| Ok(Finding::Score(alone(&network, pixels)?)))
                .collect(),
            answers => answers
                .map(|all| all.into_iter().map(|scores| Finding::Score(Ok(scores))).collect()),
        };
        let end = Instant::now();
        let took = end.duration_since(start);
        model.batch_times.learn(batch_size, took);
        model.company.ended(end, took);
        self.meters.ran(name, batch_size, took);
        if took >= LONG && !model.company.expects() {
            scheduling::end_team();
        }
        answers
    }

    fn joins(&self, first: &Job, next: &Job) -> bool {
        // A gradient takes its time alone, and whoever only wants to be scored need not share it.
        Arc::ptr_eq(&first.model, &next.model)
            && (first.task, next.task) == (Task::Score, Task::Score)
    }

    fn take(&self, joined: &[Candidate<'_, Job>]) -> usize {
        let deadlines: Vec<_> = joined.iter().map(|candidate| candidate.deadline).collect();
        let model = &joined[0].request.model;
        batch::fitting(&deadlines, self.most(model), &model.batch_times, Instant::now())
    }

    fn patience(&self, joined: &[Candidate<'_, Job>]) -> Duration {
        let Job { model, task, .. } = joined[0].request;
        if *task != Task::Score {
            return Duration::ZERO;
        }
        let (most, now) = (self.most(model), Instant::now());
        let announced =
            joined.iter().filter(|candidate| candidate.request.coming.is_some()).count();
        let patience = model.company.patience(joined.len(), announced, most, now);
        // Nobody may come too late for it.
        let end = now + patience + model.batch_times.expected(most);
        let hurry = joined.iter().any(|candidate| candidate.deadline.is_some_and(|at| at < end));
        if hurry { Duration::ZERO } else { patience }
    }
}

/// Runs one picture, when it is not known which of a batch is to blame.
fn alone(network: &Model, pixels: Vec<f32>) -> Result<Logits, ModelError> {
    match network.logits_on(&[pixels], Cores::Shared) {
        Ok(mut answers) => answers.pop().map(Ok).ok_or(ModelError::Empty),
        Err(ModelError::NotFinite { .. }) => Ok(Err(NotFinite)),
        Err(error) => Err(error),
    }
}
