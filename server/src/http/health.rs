//! Whether the process lives, and whether it is of use.

use axum::{Json, extract::State, response::IntoResponse};
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL};

use super::{AppState, HttpResponse};
use crate::backend::Readiness;

/// 200 as long as starting the process anew would not help.
pub(super) async fn live(State(state): State<AppState>) -> HttpResponse {
    live_answer(&state.backend.readiness())
}

/// 200 if a picture sent now would be classified, and in any case how every model stands.
pub(super) async fn ready(State(state): State<AppState>) -> HttpResponse {
    ready_answer(state.backend.readiness())
}

pub(crate) fn live_answer(readiness: &Readiness) -> HttpResponse {
    if readiness.live() {
        return uncached((StatusCode::OK, "live\n"));
    }
    let reason = readiness.reason.as_deref().unwrap_or("It does not come back by itself.");
    let words = format!("the worker is {}: {reason}\n", readiness.worker);
    uncached((StatusCode::SERVICE_UNAVAILABLE, words))
}

pub(crate) fn ready_answer(readiness: Readiness) -> HttpResponse {
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    uncached((status, Json(readiness)))
}

fn uncached(answer: impl IntoResponse) -> HttpResponse {
    let mut response = answer.into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
