//! Which models there are, and what they are doing.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{problem::Problem, wire::ModelSummary};

/// All models, in order of their names.
///
/// # Errors
///
/// If the server cannot be reached.
#[server(prefix = "/api", endpoint = "models")]
pub async fn models() -> Result<Vec<ModelSummary>, Problem> {
    use crate::status::noted;

    super::service::classifier().map(|classifier| classifier.models()).map_err(noted)
}

/// One model.
///
/// # Errors
///
/// If there is no such model, or the server cannot be reached.
#[server(prefix = "/api", endpoint = "model", input = GetUrl)]
pub async fn model(
    /// Its name.
    name: String,
) -> Result<ModelSummary, Problem> {
    use super::service;
    use crate::status::noted;

    service::model(&name).map_err(noted)
}
