//! Bounds on request bodies: how many at a time, how long, and how large.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, extract::State, middleware::Next};
use http::{
    HeaderMap, Method,
    header::{CONTENT_ENCODING, CONTENT_LENGTH},
};
use http_body_util::Limited;
use tokio::sync::{Semaphore, SemaphorePermit};
use tower_http::timeout::DeadlineBody;

use super::{
    AppState, HttpRequest, HttpResponse, accept::Format, dialect::Dialect, input, problem,
};
use crate::{backend::Backend, oip::MAX_BODY, service::faults};

/// What the bodies of the inference protocols may have in memory at a time, in KiB. They may be
/// large, so they are counted by their size and not only by their number.
const LARGE_BODIES: usize = 512 * 1024;

/// The bounds.
#[derive(Clone)]
pub(super) struct Intake {
    backend: Arc<dyn Backend>,
    places: Arc<Semaphore>,
    large: Arc<Semaphore>,
    max_bytes: usize,
    timeout: Duration,
}

impl Intake {
    pub(super) fn new(state: &AppState) -> Self {
        let max_bytes = usize::try_from(input::body_limit(state.max_upload)).unwrap_or(usize::MAX);
        Self {
            backend: Arc::clone(&state.backend),
            places: Arc::new(Semaphore::new(state.max_bodies)),
            large: Arc::new(Semaphore::new(LARGE_BODIES)),
            max_bytes,
            timeout: state.body_timeout,
        }
    }

    /// Room for a body of these headers; `None` when there is none at the moment.
    fn room(&self, headers: &HeaderMap) -> Option<SemaphorePermit<'_>> {
        let length = length(headers).filter(|_| !headers.contains_key(CONTENT_ENCODING));
        let kibibytes = length.unwrap_or(MAX_BODY as u64).min(MAX_BODY as u64).div_ceil(1024);
        self.large.try_acquire_many(kibibytes as u32).ok()
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
    if !matches!(*request.method(), Method::POST | Method::PUT) {
        return next.run(request).await;
    }
    let format = Format::accepted(request.headers());
    let refused = || problem::respond(&intake.backend.refuse(), format);
    let Ok(_place) = intake.places.try_acquire() else { return refused() };
    let large = Dialect::of(request.uri().path()) == Dialect::OpenInference;
    let max_bytes = if large { MAX_BODY } else { intake.max_bytes };
    if large && length(request.headers()).is_some_and(|length| length > MAX_BODY as u64) {
        return problem::respond(&faults::upload_too_large(MAX_BODY as u64), format);
    }
    let room = large.then(|| intake.room(request.headers()));
    let Some(_room) = room.unwrap_or_else(|| intake.large.try_acquire_many(0).ok()) else {
        return refused();
    };
    let request = request.map(|body| {
        let body = DeadlineBody::new(intake.timeout, Limited::new(body, max_bytes));
        Body::new(body)
    });
    next.run(request).await
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
