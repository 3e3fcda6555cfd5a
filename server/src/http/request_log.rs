//! One line in the log for each request, its span in the trace, and where its time went.

use std::{
    cell::RefCell,
    fmt::Write,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use app::wire::Timing;
use axum::{
    extract::{MatchedPath, State},
    middleware::Next,
};
use http::{HeaderName, HeaderValue};
use tracing::{Instrument, Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{HttpRequest, HttpResponse, operations::UsedKey, trace_context};
use crate::{meters::Meters, telemetry};

pub(crate) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
/// Longest id that is taken over from a caller.
const MAX_ID: usize = 64;

tokio::task_local! {
    static NOTES: RefCell<Option<(String, Timing)>>;
}

/// Notes which model answered the request that this task is for, and where its time went. Of several
/// pictures, the times of the one that took longest stay.
///
/// Outside a request, as on the command line, there is nothing to note it on.
pub(crate) fn note(model: &str, timing: Timing) {
    let _ = NOTES.try_with(|notes| {
        let longest = notes.take().map(|(_, before)| before);
        let longest = longest.filter(|before| before.total_ms > timing.total_ms).unwrap_or(timing);
        notes.replace(Some((model.to_owned(), longest)));
    });
}

/// Gives the request an id, unless its caller gave it one, and writes its line when it is answered.
pub(crate) async fn log(
    State(meters): State<Option<Arc<Meters>>>,
    request: HttpRequest,
    next: Next,
) -> HttpResponse {
    let start = Instant::now();
    let id = id_of(&request);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let (span, trace_id) = span_of(&request, &id);
    let (mut response, notes) = NOTES
        .scope(RefCell::new(None), async {
            let response = next.run(request).instrument(span.clone()).await;
            (response, NOTES.with(RefCell::take))
        })
        .await;
    let status = response.status().as_u16();
    let ms = start.elapsed().as_micros() as f64 / 1000.0;
    span.set_attribute("http.response.status_code", i64::from(status));
    if let Some((model, _)) = &notes {
        span.set_attribute("vitrine.model", model.clone());
    }
    if let Some(meters) = meters {
        meters.responded(status);
    }
    let timing = server_timing(notes.as_ref().map(|(_, timing)| timing), ms);
    let key = response.extensions().get::<UsedKey>().map(|UsedKey(name)| name.as_str());
    match notes {
        Some((model, t)) => tracing::info!(
            id, trace_id, key, %method, path, status, ms, model,
            fetch_ms = t.fetch_ms, decode_ms = t.decode_ms, queue_ms = t.queue_ms,
            inference_ms = t.inference_ms, "request"
        ),
        // Files, probes and a page that asks how things stand come in crowds and say little.
        None if status < 400 => {
            tracing::debug!(id, trace_id, key, %method, path, status, ms, "request");
        }
        None => tracing::info!(id, trace_id, key, %method, path, status, ms, "request"),
    }
    let headers = response.headers_mut();
    for (name, value) in [(&REQUEST_ID, id), (&SERVER_TIMING, timing)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name.clone(), value);
        }
    }
    response
}

/// The span of a request, and the id of the trace that it belongs to.
fn span_of(request: &HttpRequest, id: &str) -> (Span, Option<String>) {
    let (method, path) = (request.method(), request.uri().path());
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let traced = telemetry::traced();
    let span = info_span!(
        "request",
        id,
        key = Empty,
        otel.name = traced.then(|| format!("{method} {route}")),
        otel.kind = traced.then_some("server"),
    );
    let parent = trace_context::parent(request.headers());
    let given = parent.as_ref().and_then(trace_context::trace_id);
    if !traced {
        return (span, given);
    }
    if let Some(parent) = parent {
        // An error means that the span is not collected.
        let _ = span.set_parent(parent);
    }
    span.set_attribute("http.request.method", method.to_string());
    span.set_attribute("http.route", route.to_owned());
    span.set_attribute("url.path", path.to_owned());
    let trace_id = trace_context::trace_id(&span.context()).or(given);
    (span, trace_id)
}

/// Where the time went, in milliseconds, as <https://www.w3.org/TR/server-timing/> has it.
fn server_timing(timing: Option<&Timing>, total_ms: f64) -> String {
    let mut value = String::new();
    // A request that ended early has no times but the total.
    if let Some(t) = timing.filter(|timing| timing.total_ms > 0.0) {
        let stages = [
            ("fetch", t.fetch_ms),
            ("decode", t.decode_ms),
            ("queue", t.queue_ms),
            ("infer", t.inference_ms),
        ];
        for (name, ms) in stages {
            // Writing into a string does not fail.
            let _ = write!(value, "{name};dur={ms:.3}, ");
        }
    }
    let _ = write!(value, "total;dur={total_ms:.3}");
    value
}

/// The caller's id if it is short and plain, else one of ours.
fn id_of(request: &HttpRequest) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    // Asking for it is a call of the system.
    static PROCESS: LazyLock<u32> = LazyLock::new(std::process::id);
    let given = request.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let plain = |id: &&str| {
        !id.is_empty()
            && id.len() <= MAX_ID
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    given.filter(plain).map_or_else(
        || format!("{:08x}-{:x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed)),
        str::to_owned,
    )
}
