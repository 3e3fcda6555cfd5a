//! Bounds on request bodies: how many at a time, how long, and how large.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, extract::State, middleware::Next};
use http::Method;
use http_body_util::Limited;
use tokio::sync::Semaphore;
use tower_http::timeout::DeadlineBody;

use super::{AppState, HttpRequest, HttpResponse, accept::Format, input, problem};
use crate::backend::Backend;

/// The bounds.
#[derive(Clone)]
pub(super) struct Intake {
    backend: Arc<dyn Backend>,
    places: Arc<Semaphore>,
    max_bytes: usize,
    timeout: Duration,
}

impl Intake {
    pub(super) fn new(state: &AppState) -> Self {
        let max_bytes = usize::try_from(input::body_limit(state.max_upload)).unwrap_or(usize::MAX);
        Self {
            backend: Arc::clone(&state.backend),
            places: Arc::new(Semaphore::new(state.max_bodies)),
            max_bytes,
            timeout: state.body_timeout,
        }
    }
}

/// Refuses a body for which there is no place, and cuts others off at their limit and deadline.
///
/// The place is kept until the answer is there, because the body is in memory for that long.
pub(super) async fn limit(
    State(intake): State<Intake>,
    request: HttpRequest,
    next: Next,
) -> HttpResponse {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let Ok(_place) = intake.places.try_acquire() else {
        return problem::respond(&intake.backend.refuse(), Format::accepted(request.headers()));
    };
    let request = request.map(|body| {
        let body = DeadlineBody::new(intake.timeout, Limited::new(body, intake.max_bytes));
        Body::new(body)
    });
    next.run(request).await
}
