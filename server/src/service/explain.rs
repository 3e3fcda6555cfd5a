//! Which parts of a picture speak for a class.

use app::{
    classify::{Watcher, WhyRequest},
    problem::Problem,
    wire::{Explanation, Method, Prediction, Stage, Timing},
};
use broker::Priority;
use futures::{StreamExt, TryStreamExt, stream};
use vision::{
    card::{Architecture, ModelCard},
    explain::{Heatmap, Occlusion},
    prediction::top_k,
};

use super::{
    Service,
    ask::Ask,
    faults,
    label::find,
    visit::{Visit, unwatched},
};
use crate::{
    http::request_log,
    meters::Passage,
    worker::{Finding, Task},
};

/// Pictures with something hidden that are under way at a time, so that they share a batch.
const TOGETHER: usize = 8;

/// How many times longer than a classification an explanation may take: occlusion asks a network
/// about two hundred pictures.
const PATIENCE: u32 = 10;

impl Service {
    /// Explains one picture.
    pub(super) async fn why(
        &self,
        request: WhyRequest,
        watcher: Watcher,
    ) -> Result<Explanation, Problem> {
        request_log::note(&request.model, Timing::default());
        // What is occluded waits for the worker as pictures do, and takes their places.
        let occluding = self
            .registry()
            .version(&request.model)
            .is_some_and(|version| method(version.card(), request.method) == Ok(Method::Occlusion));
        let together = TOGETHER.min(self.limits().max_batch);
        let places = if occluding { together } else { 1 };
        let ask = Ask { places, patience: PATIENCE, ..Ask::one(request.model.clone()) };
        let visit = self.visit(ask).await?;
        visit.explain(request, places, &watcher).await
    }
}

impl Visit {
    async fn explain(
        &self,
        request: WhyRequest,
        places: usize,
        watcher: &Watcher,
    ) -> Result<Explanation, Problem> {
        let passage = self.passage().ok_or_else(faults::bug)?;
        let outcome = self.explain_passing(request, places, watcher, &passage).await;
        passage.settle(outcome.as_ref().err());
        outcome
    }

    async fn explain_passing(
        &self,
        request: WhyRequest,
        places: usize,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<Explanation, Problem> {
        let method = method(self.card(), request.method)?;
        let taken = self.take(request.picture, watcher, passage).await?;
        let (prepared, decoding) = self.prepare(&taken, watcher, passage).await?;
        let pixels = &prepared.pixels;
        // What the class is worth is said with the map, and is what occlusion compares with.
        let (scored, times) = self.run(pixels.clone(), decoding, watcher, passage).await?;
        let index = match &request.class {
            Some(class) => find(self.card(), class)?,
            None => best(self.card(), &scored.probabilities).ok_or_else(faults::bug)?,
        };
        let probability = scored.probabilities[index];
        let map = match method {
            Method::Occlusion => {
                self.occlude(pixels, index, probability, places, watcher, passage).await?
            }
            Method::GradCam | Method::Auto => {
                self.gradient(pixels, index, watcher, passage).await?
            }
        };
        let card = self.card();
        let timing = times.timing(taken.fetching, decoding, self.arrival);
        request_log::note(&card.name, timing);
        let mut explanation = Explanation {
            model: card.name.clone(),
            class: Prediction {
                index: index as u32,
                label: card.labels[index].clone(),
                probability,
            },
            method,
            width: map.width as u32,
            height: map.height as u32,
            weights: map.weights,
            crop: request.crop.then(|| prepared.crop_url()).transpose()?,
            overlay: None,
            timing,
        };
        if request.overlay {
            explanation.overlay = Some(prepared.overlay_url(&explanation)?);
        }
        Ok(explanation)
    }

    async fn gradient(
        &self,
        pixels: &[f32],
        class: usize,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<Heatmap, Problem> {
        let task = Task::GradCam(class);
        let answer = self.ask(task, Priority::Normal, pixels.to_vec(), watcher, passage).await?;
        match answer.response {
            Finding::GradCam(map) => map.map_err(|error| faults::explanation(&error)),
            Finding::Score(_) => Err(faults::bug()),
        }
    }

    /// Asks about the picture again and again with a part of it hidden. Whoever only wants to know
    /// what is in a picture goes before; who asked goes away, and no further part is asked about.
    async fn occlude(
        &self,
        pixels: &[f32],
        class: usize,
        whole: f32,
        together: usize,
        watcher: &Watcher,
        passage: &Passage,
    ) -> Result<Heatmap, Problem> {
        let occlusion = Occlusion::new(self.card().preprocess.size as usize);
        let total = occlusion.cells() as u32;
        watcher(Stage::Explaining { done: 0, total });
        let (occlusion, quiet) = (&occlusion, &unwatched());
        let left = stream::iter(0..occlusion.cells()).map(|cell| async move {
            let picture = occlusion.hidden(pixels, cell);
            let answer = self.ask(Task::Score, Priority::Low, picture, quiet, passage).await?;
            let Finding::Score(scores) = answer.response else { return Err(faults::bug()) };
            let scores = scores.map_err(|_| faults::not_finite())?;
            Ok(self.card().output.probabilities(&scores)[class])
        });
        let mut done = 0;
        let told = left.buffered(together.max(1)).inspect_ok(|_| {
            done += 1;
            watcher(Stage::Explaining { done, total });
        });
        let without: Vec<f32> = told.try_collect().await?;
        Ok(occlusion.heatmap(whole, &without))
    }
}

/// The method that is used for a model; an error for one that it cannot be explained by.
fn method(card: &ModelCard, wanted: Method) -> Result<Method, Problem> {
    match (wanted, &card.architecture) {
        (Method::Auto | Method::GradCam, Architecture::Network(_)) => Ok(Method::GradCam),
        (Method::Auto, Architecture::TorchScript) | (Method::Occlusion, _) => Ok(Method::Occlusion),
        (Method::GradCam, Architecture::TorchScript) => Err(faults::no_gradient(&card.name)),
    }
}

fn best(card: &ModelCard, probabilities: &[f32]) -> Option<usize> {
    top_k(probabilities, &card.labels, 1).first().map(|best| best.index)
}
