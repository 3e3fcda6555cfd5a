//! Compression of answers: of pages, JSON, and files that no build has compressed beforehand.

use std::{convert::Infallible, future::ready};

use axum::{
    body::{Body, HttpBody},
    middleware::Next,
};
use http::{
    HeaderValue, Request,
    header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
};
use tower::{Service, service_fn};
use tower_http::compression::{Compression, DefaultPredicate, Predicate};

use super::{HttpRequest, HttpResponse, dialect::Dialect};

/// Answers up to this many bytes are sent as they are: they fit into one packet anyway.
const SMALL: u64 = 1 << 10;

/// Largest file that is compressed anew for every request, in bytes: the module of a debug build,
/// which only its developer fetches, is several times as large.
const LARGEST: u64 = 2 << 20;

/// Compresses what is worth it, in what the client takes. The clients of the protocols name encodings that
/// they do not understand; what they may be answered in is decided there.
pub(super) async fn compress(request: HttpRequest, next: Next) -> HttpResponse {
    if Dialect::of(request.uri().path()) != Dialect::Own {
        return next.run(request).await;
    }
    let accepted = request.headers().get_all(ACCEPT_ENCODING);
    let accepted: Vec<HeaderValue> = accepted.iter().cloned().collect();
    let response = next.run(request).await;
    // The layer around everything would put every body into a box of 6 kB.
    if response.size_hint().exact().is_some_and(|bytes| bytes <= SMALL) {
        return response;
    }
    let mut asked = Request::new(());
    for encoding in accepted {
        asked.headers_mut().append(ACCEPT_ENCODING, encoding);
    }
    let mut response = Some(response);
    let known = service_fn(|_| ready(Ok::<_, Infallible>(response.take().unwrap_or_default())));
    let worth = DefaultPredicate::new().and(WorthIt);
    let Ok(compressed) = Compression::new(known).compress_when(worth).call(asked).await;
    compressed.map(Body::new)
}

/// Holds for answers that are compressed while they are waited for, and that come in one piece.
#[derive(Debug, Clone, Copy)]
struct WorthIt;

impl Predicate for WorthIt {
    fn should_compress<B: HttpBody>(&self, response: &http::Response<B>) -> bool {
        // Lines that tell how far something is must not wait for each other.
        if response.headers().get(CONTENT_TYPE).is_some_and(|it| it == "application/x-ndjson") {
            return false;
        }
        let length = response.headers().get(CONTENT_LENGTH);
        let length = length.and_then(|it| it.to_str().ok()?.parse().ok());
        length.or(response.body().size_hint().exact()).is_none_or(|it: u64| it <= LARGEST)
    }
}
