//! One line in the log for each request.

use std::{
    cell::RefCell,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use app::wire::Timing;
use axum::middleware::Next;
use http::{HeaderName, HeaderValue};

use super::{HttpRequest, HttpResponse};

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is taken over from a caller.
const MAX_ID: usize = 64;

tokio::task_local! {
    static NOTES: RefCell<Option<(String, Timing)>>;
}

/// Notes which model answered the request that this task is for, and where its time went.
///
/// Outside a request, as on the command line, there is nothing to note it on.
pub(crate) fn note(model: &str, timing: Timing) {
    let _ = NOTES.try_with(|notes| notes.replace(Some((model.to_owned(), timing))));
}

/// Gives the request an id, unless its caller gave it one, and writes its line when it is answered.
pub(super) async fn log(request: HttpRequest, next: Next) -> HttpResponse {
    let start = Instant::now();
    let id = id_of(&request);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let (mut response, notes) = NOTES
        .scope(RefCell::new(None), async {
            let response = next.run(request).await;
            (response, NOTES.with(RefCell::take))
        })
        .await;
    let status = response.status().as_u16();
    let ms = start.elapsed().as_micros() as f64 / 1000.0;
    match notes {
        Some((model, t)) => tracing::info!(
            id, %method, path, status, ms, model,
            fetch_ms = t.fetch_ms, decode_ms = t.decode_ms, queue_ms = t.queue_ms,
            inference_ms = t.inference_ms, "request"
        ),
        // Files, probes and a page that asks how things stand come in crowds and say little.
        None if status < 400 => {
            tracing::debug!(id, %method, path, status, ms, "request");
        }
        None => tracing::info!(id, %method, path, status, ms, "request"),
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), id);
    }
    response
}

/// The caller's id if it is short and plain, else one of ours.
fn id_of(request: &HttpRequest) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let given = request.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let plain = |id: &&str| {
        !id.is_empty()
            && id.len() <= MAX_ID
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    given.filter(plain).map_or_else(
        || format!("{:08x}-{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)),
        str::to_owned,
    )
}
