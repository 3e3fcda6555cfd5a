//! What there is to know of the server and its models.

use app::{problem::Problem, wire::ModelSummary};
use axum::{
    Json,
    extract::{Path, State},
    response::IntoResponse,
};
use http::StatusCode;
use serde_json::json;

use super::Address;
use crate::{
    http::{AppState, HttpResponse, accept::Format, problem},
    oip::{self, check_version},
    service::faults,
};

/// `GET /v2`
pub(super) async fn server() -> HttpResponse {
    Json(oip::metadata::server()).into_response()
}

/// `GET /v2/health/live`
pub(super) async fn server_live(State(state): State<AppState>) -> HttpResponse {
    let readiness = state.backend.readiness();
    health(readiness.live(), readiness.live(), readiness.ready)
}

/// `GET /v2/health/ready`
pub(super) async fn server_ready(State(state): State<AppState>) -> HttpResponse {
    let readiness = state.backend.readiness();
    health(readiness.ready, readiness.live(), readiness.ready)
}

/// Both answers carry both words, because clients and the protocol's text differ in which they
/// look for.
fn health(well: bool, live: bool, ready: bool) -> HttpResponse {
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "live": live, "ready": ready }))).into_response()
}

/// `GET /v2/models`
pub(super) async fn list(State(state): State<AppState>) -> HttpResponse {
    let names: Vec<String> = state.backend.models().into_iter().map(|model| model.name).collect();
    Json(json!({ "models": names })).into_response()
}

/// `GET /v2/models/{model}`
pub(super) async fn metadata(
    State(state): State<AppState>,
    Path(address): Path<Address>,
) -> HttpResponse {
    tell(find(&state, &address).map(|model| Json(oip::metadata::model(&model))))
}

/// `GET /v2/models/{model}/config`
pub(super) async fn config(
    State(state): State<AppState>,
    Path(address): Path<Address>,
) -> HttpResponse {
    let most = state.backend.max_pictures();
    tell(find(&state, &address).map(|model| Json(oip::config::config(&model, most))))
}

/// `GET /v2/models/{model}/ready`
pub(super) async fn ready(
    State(state): State<AppState>,
    Path(address): Path<Address>,
) -> HttpResponse {
    let answer = find(&state, &address).and_then(|model| {
        if oip::metadata::is_ready(&model.state) {
            return Ok(Json(json!({ "name": model.name, "ready": true })));
        }
        Err(faults::not_ready(&model.name, &model.state))
    });
    tell(answer)
}

/// `GET /v2/models/{model}/stats`
pub(super) async fn statistics(
    State(state): State<AppState>,
    Path(Address { model, version }): Path<Address>,
) -> HttpResponse {
    tell(oip::statistics::statistics(&*state.backend, &model, &version).map(Json))
}

/// `GET /v2/models/stats`
pub(super) async fn all_statistics(State(state): State<AppState>) -> HttpResponse {
    tell(oip::statistics::statistics(&*state.backend, "", "").map(Json))
}

fn find(state: &AppState, Address { model, version }: &Address) -> Result<ModelSummary, Problem> {
    let found = state.backend.model(model).ok_or_else(|| faults::unknown_model(model))?;
    check_version(model, version)?;
    Ok(found)
}

fn tell(answer: Result<impl IntoResponse, Problem>) -> HttpResponse {
    match answer {
        Ok(answer) => answer.into_response(),
        Err(problem) => problem::respond(&problem, Format::Json),
    }
}
