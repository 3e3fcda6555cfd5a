//! The model repository: its index for all, control for the operator.

use app::problem::Problem;
use axum::{
    Json, Router,
    extract::{Path, State},
    middleware::from_fn,
    response::IntoResponse,
    routing::post,
};
use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Address, plain};
use crate::{
    http::{AppState, HttpResponse, accept::Format, dialect, problem},
    object::object,
    oip,
};

/// What an index is asked for.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = IndexWish)]
pub(crate) struct Wish {
    /// Only models that are ready.
    #[serde(default)]
    ready: bool,
}

/// `POST /v2/repository/index`; the body may be empty.
pub(super) async fn index(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> HttpResponse {
    if let Err(problem) = plain(&headers) {
        return problem::respond(&problem, Format::Json);
    }
    let wish = if body.is_empty() { Ok(Wish::default()) } else { object(&body) };
    match wish {
        Ok(Wish { ready }) => Json(oip::index(&*state.backend, ready)).into_response(),
        Err(error) => {
            let problem = oip::malformed(format!("The JSON cannot be read: {error}."));
            problem::respond(&problem, Format::Json)
        }
    }
}

/// Where everybody gets to, models are neither loaded nor unloaded.
pub(super) async fn refused() -> HttpResponse {
    problem::respond(&oip::control_refused(), Format::Json)
}

/// Loading and unloading, for a router that only the operator gets to:
/// `POST /v2/repository/models/{model}/load` and `…/unload`.
pub fn control() -> Router<AppState> {
    Router::new()
        .route("/v2/repository/models/{model}/load", post(load))
        .route("/v2/repository/models/{model}/unload", post(unload))
        .layer(from_fn(dialect::reword))
}

/// Loads a model and answers when that is done. Whatever the body says is passed over, except for
/// a configuration or files, which are not taken.
async fn load(
    State(state): State<AppState>,
    Path(Address { model, .. }): Path<Address>,
    body: Bytes,
) -> HttpResponse {
    let asked: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let parameters = asked["parameters"].as_object();
    let outcome = match parameters.and_then(|all| all.keys().next()) {
        Some(name) => Err(oip::malformed(format!(
            "The parameter {name:?} is not taken: a model is loaded from its folder, as it is."
        ))),
        None => state.backend.load(&model).await,
    };
    done(outcome)
}

/// Unloads a model. It answers nothing until it is loaded again.
async fn unload(
    State(state): State<AppState>,
    Path(Address { model, .. }): Path<Address>,
) -> HttpResponse {
    done(state.backend.unload(&model))
}

fn done(outcome: Result<(), Problem>) -> HttpResponse {
    match outcome {
        Ok(()) => Json(json!({})).into_response(),
        Err(problem) => problem::respond(&problem, Format::Json),
    }
}
