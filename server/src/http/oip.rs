//! The Open Inference Protocol v2 over HTTP.

mod encoding;
mod infer;
mod models;
mod repository;

use axum::{
    Router,
    routing::{get, post},
};
use http::HeaderMap;
use serde::Deserialize;

use super::{AppState, HttpResponse, accept::Format, problem};
use crate::oip::VERSION;
use app::problem::Problem;
pub(super) use encoding::plain;
pub(super) use repository::Wish;
pub use repository::control;

/// Name of the header with the length of the JSON in a body; what follows it is binary data.
pub(super) const HEADER_LENGTH: &str = "inference-header-content-length";

/// Which model a path is about.
#[derive(Deserialize)]
struct Address {
    model: String,
    /// Empty for whichever there is.
    #[serde(default)]
    version: String,
}

/// Everything below `/v2`.
pub(super) fn routes() -> Router<AppState> {
    let model = Router::new()
        .route("/", get(models::metadata))
        .route("/ready", get(models::ready))
        .route("/config", get(models::config))
        .route("/stats", get(models::statistics))
        .route("/infer", post(infer::infer));
    Router::new()
        .route("/", get(models::server))
        .route("/health/live", get(models::server_live))
        .route("/health/ready", get(models::server_ready))
        .route("/models", get(models::list))
        .route("/models/stats", get(models::all_statistics))
        .route("/repository/index", post(repository::index))
        .route("/repository/models/{model}/load", post(repository::refused))
        .route("/repository/models/{model}/unload", post(repository::refused))
        .nest("/models/{model}", model.clone())
        .nest("/models/{model}/versions/{version}", model)
        .fallback(unknown_path)
        .method_not_allowed_fallback(other_method)
}

/// No such call.
pub(super) async fn unknown_path(headers: HeaderMap) -> HttpResponse {
    let detail = format!(
        "There is no such call. Those of a model are /v2/models/MODEL, optionally followed by \
         /versions/{VERSION}, and then /ready, /config, /stats or /infer."
    );
    let problem = Problem::new(404, "call_unknown", "No such call", detail);
    problem::respond(&problem, Format::accepted(&headers))
}

/// A known call, by another method.
pub(super) async fn other_method(headers: HeaderMap) -> HttpResponse {
    let detail = "This call is made by another method: the Allow header says which.";
    let problem = Problem::new(405, "method_not_allowed", "Not this way", detail);
    problem::respond(&problem, Format::accepted(&headers))
}
