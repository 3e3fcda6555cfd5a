//! Bounds on request bodies: how many at a time, how long, and how large.

mod room;

use std::{sync::Arc, time::Duration};

use axum::{body::Body, extract::State, middleware::Next};
use futures::StreamExt;
use http::{HeaderMap, Method, header::CONTENT_LENGTH};
use http_body_util::Limited;
use tokio::sync::Semaphore;
use tower_http::timeout::DeadlineBody;

use super::{
    AppState, HttpRequest, HttpResponse, accept::Format, dialect::Dialect, input, problem,
};
use crate::{backend::Backend, oip::MAX_BODY, service::faults};
pub(super) use room::{NoRoom, Room};

/// What the bodies of the inference protocols may have in memory at a time, in bytes. They may be
/// large, so they are counted by their size and not only by their number.
const LARGE_BODIES: usize = 512 << 20;

/// The bounds.
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
}

/// Refuses a body for which there is no place, and cuts others off at their limit and deadline.
///
/// The place is kept until the answer is there, because the body is in memory for that long.
pub(super) async fn limit(
    State(intake): State<Arc<Intake>>,
    request: HttpRequest,
    next: Next,
) -> HttpResponse {
    if !matches!(*request.method(), Method::POST | Method::PUT) {
        return next.run(request).await;
    }
    let format = Format::accepted(request.headers());
    let Ok(_place) = intake.places.try_acquire() else {
        return problem::respond(&intake.backend.refuse(), format);
    };
    if Dialect::of(request.uri().path()) != Dialect::OpenInference {
        return next.run(request.map(|body| intake.cut(body, intake.max_bytes))).await;
    }
    if length(request.headers()).is_some_and(|length| length > MAX_BODY as u64) {
        return problem::respond(&faults::upload_too_large(MAX_BODY as u64), format);
    }
    // Room is taken as the bytes come: who only announces many takes none.
    let room = Room::of(&intake.large);
    let taken = room.clone();
    let mut request = request.map(|body| {
        let chunks = intake.cut(body, MAX_BODY).into_data_stream();
        Body::from_stream(chunks.map(move |chunk| {
            let chunk = chunk?;
            taken.take(chunk.len()).map_err(axum::Error::new)?;
            Ok::<_, axum::Error>(chunk)
        }))
    });
    request.extensions_mut().insert(room.clone());
    let response = next.run(request).await;
    drop(room);
    response
}

impl Intake {
    fn cut(&self, body: Body, max_bytes: usize) -> Body {
        Body::new(DeadlineBody::new(self.timeout, Limited::new(body, max_bytes)))
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
