//! Whether the process lives, and whether it is of use.

use axum::{Json, extract::State, response::IntoResponse};
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL};

use super::{AppState, HttpResponse};

/// 200 as long as starting the process anew would not help.
pub(super) async fn live(State(state): State<AppState>) -> HttpResponse {
    let live = state.backend.readiness().live();
    let status = if live { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    uncached((status, if live { "live\n" } else { "the worker is gone\n" }))
}

/// 200 if a picture sent now would be classified, and in any case how every model stands.
pub(super) async fn ready(State(state): State<AppState>) -> HttpResponse {
    let readiness = state.backend.readiness();
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    uncached((status, Json(readiness)))
}

fn uncached(answer: impl IntoResponse) -> HttpResponse {
    let mut response = answer.into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
