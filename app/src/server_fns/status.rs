//! How busy the server is, and what its models know.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{problem::Problem, wire::ServerStatus};

/// How busy the server is. Answered without asking the worker.
///
/// # Errors
///
/// If the server cannot be reached.
#[server(prefix = "/api", endpoint = "status", input = GetUrl)]
pub async fn status() -> Result<ServerStatus, Problem> {
    use crate::status::noted;

    super::service::classifier().map(|classifier| classifier.status()).map_err(noted)
}

/// The labels of a model, by index of the class.
///
/// # Errors
///
/// If there is no such model, or the server cannot be reached.
#[server(prefix = "/api", endpoint = "labels", input = GetUrl)]
pub async fn labels(
    /// Name of the model.
    model: String,
) -> Result<Vec<String>, Problem> {
    use super::service;
    use crate::status::noted;

    let labels = service::model(&model)
        .and_then(|it| Ok(service::classifier()?.labels(&it.name).unwrap_or_default()));
    labels.map_err(noted)
}
