//! Classifying one of a model's own pictures.

use leptos::prelude::*;

use crate::{problem::Problem, wire::PageAnswer};

/// Classifies an example picture, by file name; without a name, the model's first.
///
/// # Errors
///
/// If there is no such picture, or whatever keeps the server from classifying it.
#[server(prefix = "/api", endpoint = "classify_example")]
pub async fn classify_example(
    /// Name of the model.
    model: String,
    /// File name of the picture.
    #[server(default)]
    example: String,
) -> Result<PageAnswer, Problem> {
    use super::service;
    use crate::{classify::Picture, status::noted};

    let example = (!example.is_empty()).then_some(example);
    service::classify(model, Picture::Example(example), true).await.map_err(noted)
}
