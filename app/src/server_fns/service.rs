//! The classifier behind the server functions.

use leptos::prelude::use_context;

use crate::{
    classify::{Picture, Request, SharedClassifier},
    problem::Problem,
    wire::{Classification, ModelSummary},
};

/// How many classes the page names.
pub(super) const TOP_K: usize = 5;

/// The classifier that the server has put into the context.
pub(super) fn classifier() -> Result<SharedClassifier, Problem> {
    use_context::<SharedClassifier>().ok_or_else(|| {
        Problem::new(
            500,
            "no_classifier",
            "The server is set up wrongly",
            "There is no classifier behind this page. This is a bug.",
        )
    })
}

/// Classifies a picture for the page, which wants to show what the network saw.
pub(super) async fn classify(
    model: String,
    picture: Picture,
    top_k: usize,
) -> Result<Classification, Problem> {
    let request = Request { model, picture, top_k, crop: true };
    classifier()?.classify(request).await
}

/// One model.
pub(super) fn model(name: &str) -> Result<ModelSummary, Problem> {
    classifier()?.model(name).ok_or_else(|| {
        Problem::new(
            404,
            "model_unknown",
            "No such model",
            format!("This server has no model called “{name}”."),
        )
    })
}
