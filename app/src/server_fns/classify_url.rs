//! Classifying a picture that the server fetches.

use leptos::prelude::*;

use crate::{problem::Problem, wire::PageAnswer};

/// Classifies the picture at an address.
///
/// # Errors
///
/// Whatever keeps the server from fetching or classifying the picture.
#[server(prefix = "/api", endpoint = "classify_url")]
pub async fn classify_url(
    /// Name of the model.
    model: String,
    /// Address of the picture.
    url: String,
) -> Result<PageAnswer, Problem> {
    use super::service;
    use crate::{classify::Picture, status::noted};

    service::classify(model, Picture::Url(url), true).await.map_err(noted)
}
