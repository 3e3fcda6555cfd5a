//! TorchServe's inference API.

use app::{problem::Problem, wire::Timing};
use axum::{
    Json, Router,
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use http::StatusCode;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;
use vision::prediction;

use super::{
    AppState, HttpRequest, HttpResponse,
    accept::Format,
    classify::{DEFAULT_TOP_K, name},
    input, problem, request_log,
};
use crate::{
    oip::check_version,
    service::{Ask, Item, faults},
};

#[derive(Deserialize)]
struct Address {
    model: String,
    #[serde(default)]
    version: String,
}

/// Labels with their probabilities, best first: a JSON object in that order.
struct Probabilities(Vec<prediction::Prediction>);

/// `/ping` and `/predictions`.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/ping", get(ping))
        .route("/predictions/{model}", post(predict).put(predict))
        .route("/predictions/{model}/{version}", post(predict).put(predict))
}

/// Whether a picture sent now would be classified.
async fn ping(State(state): State<AppState>) -> HttpResponse {
    let ready = state.backend.readiness().ready;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = if ready { "Healthy" } else { "Unhealthy" };
    (status, Json(json!({ "status": word }))).into_response()
}

/// A picture in, as the body or as a part of a form.
async fn predict(
    State(state): State<AppState>,
    Path(address): Path<Address>,
    request: HttpRequest,
) -> HttpResponse {
    request_log::note(&address.model, Timing::default());
    match answer(&state, address, request).await {
        Ok(response) => response,
        Err(problem) => problem::respond(&problem, Format::Json),
    }
}

async fn answer(
    state: &AppState,
    address: Address,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    // TorchServe's versions have a point in them.
    check_version(&address.model, address.version.trim_end_matches(".0"))?;
    let (parts, body) = request.into_parts();
    let input = input::read(&parts, body, state.max_upload).await?;
    let picture = input.picture.ok_or_else(faults::no_picture)?;
    let visit = state.backend.visit(Ask::one(address.model)).await?;
    let scored = visit.score(Item::Picture(picture)).await?;
    let top_k = input.top_k.unwrap_or(DEFAULT_TOP_K);
    let best = prediction::top_k(&scored.probabilities, &visit.card().labels, top_k);
    let mut response = Json(Probabilities(best)).into_response();
    name(response.headers_mut(), &visit.card().name, visit.fallback_for());
    Ok(response)
}

impl Serialize for Probabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|one| (&one.label, one.probability)))
    }
}
