//! What is left of a body when the answer is known before all of it has come.
//!
//! A connection that is closed while its client is still sending is reset, and the client never
//! sees the answer that would have told it why. So the rest is read and forgotten, for a while and
//! up to some size, beside the answer.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, BodyDataStream, Bytes};
use futures::{Stream, StreamExt};
use http::Method;
use tokio::{runtime::Handle, time::timeout};

use super::HttpRequest;

/// How long the rest is read for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much of it, in bytes. Whoever sends more was told a limit and did not mind it.
const MOST: usize = 64 << 20;

/// Has a body read to its end, whether the answer needs it or not.
pub(super) fn linger(request: HttpRequest) -> HttpRequest {
    if !matches!(*request.method(), Method::POST | Method::PUT) {
        return request;
    }
    request.map(|body| Body::from_stream(Lingering(Some(body.into_data_stream()))))
}

/// A body whose rest is read when it is dropped.
struct Lingering(Option<BodyDataStream>);

impl Stream for Lingering {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let next = body.poll_next_unpin(context);
        // After an error nothing comes any more either.
        if matches!(next, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        next
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let (Some(body), Ok(runtime)) = (self.0.take(), Handle::try_current()) else { return };
        drop(runtime.spawn(timeout(PATIENCE, read(body))));
    }
}

async fn read(mut body: BodyDataStream) {
    let mut held = 0;
    while let Some(Ok(chunk)) = body.next().await {
        held += chunk.len();
        if held > MOST {
            return;
        }
    }
}
