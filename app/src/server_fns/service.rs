//! The classifier behind the server functions.

use leptos::prelude::use_context;

use crate::{
    classify::{Picture, Request, SharedClassifier, Watcher},
    problem::Problem,
    wire::{ModelSummary, PageAnswer},
};

/// The classifier that the server has put into the context.
pub(crate) fn classifier() -> Result<SharedClassifier, Problem> {
    use_context::<SharedClassifier>().ok_or_else(|| {
        Problem::new(
            500,
            "no_classifier",
            "The server is set up wrongly",
            "There is no classifier behind this page. This is a bug.",
        )
    })
}

/// Classifies a picture for the page, which wants to know of every class.
pub(crate) async fn classify(
    classifier: &SharedClassifier,
    model: String,
    picture: Picture,
    crop: bool,
    watcher: Watcher,
) -> Result<PageAnswer, Problem> {
    let request = Request { model, picture, top_k: usize::MAX, crop };
    classifier.watch(request, watcher).await.map(PageAnswer::from)
}

/// One model.
pub(crate) fn model(name: &str) -> Result<ModelSummary, Problem> {
    classifier()?.model(name).ok_or_else(|| {
        Problem::new(
            404,
            "model_unknown",
            "No such model",
            format!("This server has no model called “{name}”."),
        )
    })
}
