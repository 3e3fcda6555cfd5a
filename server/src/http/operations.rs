//! What whoever runs the server can have besides the routes: rules of access, meters.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use app::problem::Problem;
use axum::{
    extract::{ConnectInfo, State},
    middleware::Next,
    response::IntoResponse,
};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{
        ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER,
        WWW_AUTHENTICATE,
    },
};
use tower_http::cors::CorsLayer;
use tracing::Span;

use super::{
    AppState, HttpRequest, HttpResponse, accept::Format, oip::HEADER_LENGTH, problem,
    request_log::REQUEST_ID,
};
use crate::{
    access::{self, Access, Standing},
    meters::Meters,
};

/// Gives the meters in the text format of Prometheus.
pub type Exposition = Arc<dyn Fn() -> String + Send + Sync>;

/// All of it. The default has none.
#[derive(Clone, Default)]
pub struct Operations {
    /// Who may ask, and how often.
    pub access: Access,
    /// Origins whose pages may ask.
    pub origins: Vec<HeaderValue>,
    /// Where answers are counted.
    pub meters: Option<Arc<Meters>>,
    /// What `/metrics` answers; `None` if it is not for everybody.
    pub exposition: Option<Exposition>,
}

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operations").field("access", &self.access).finish_non_exhaustive()
    }
}

/// The name of the key that a request was answered for, on its answer.
#[derive(Debug, Clone)]
pub(super) struct UsedKey(pub(super) String);

/// The methods of the routes. A browser asks before it sends any of them but the first two.
const METHODS: [Method; 3] = [Method::GET, Method::POST, Method::PUT];

/// How long a browser may remember what another origin is allowed.
const CORS_MEMORY: Duration = Duration::from_secs(3600);

/// Lets the pages of these origins ask, and read the answers, errors included. Without
/// credentials: there are no cookies here, and keys are sent by name.
pub(super) fn cors(origins: &[HeaderValue]) -> CorsLayer {
    let names = |names: &[&'static str]| -> Vec<HeaderName> {
        names.iter().map(|name| HeaderName::from_static(name)).collect()
    };
    let mut sent = names(&["x-api-key", "traceparent", "tracestate", HEADER_LENGTH]);
    sent.extend([ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, REQUEST_ID.clone()]);
    let mut read = names(&["server-timing", "vitrine-model", "vitrine-fallback-for"]);
    read.extend(names(&["vitrine-note", "ratelimit", "ratelimit-policy", HEADER_LENGTH]));
    read.extend([RETRY_AFTER, WWW_AUTHENTICATE, REQUEST_ID.clone()]);
    CorsLayer::new()
        .allow_origin(origins.to_vec())
        .allow_methods(METHODS)
        .allow_headers(sent)
        .expose_headers(read)
        .max_age(CORS_MEMORY)
}

/// Lets a request pass that has the right to, before its body is read.
pub(super) async fn guard(
    State(operations): State<Arc<Operations>>,
    request: HttpRequest,
    next: Next,
) -> HttpResponse {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    // Without a connection, as in tests, all are one.
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    let checked = operations.access.check(request.method(), request.uri(), request.headers(), peer);
    let (mut response, standing) = match checked {
        Ok(grant) => {
            Span::current().record("key", grant.key.as_deref());
            let mut response = access::charging(grant.tab, next.run(request)).await;
            if let Some(key) = grant.key {
                response.extensions_mut().insert(UsedKey(key));
            }
            (response, grant.standing)
        }
        Err(refusal) => {
            let format = Format::accepted(request.headers());
            let mut response = problem::respond(&refusal.problem, format);
            if response.status() == StatusCode::UNAUTHORIZED {
                let scheme = HeaderValue::from_static("Bearer realm=\"vitrine\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
            }
            (response, refusal.standing)
        }
    };
    if let Some(standing) = standing {
        state_rate(&mut response, standing);
    }
    response
}

/// `GET /metrics`.
pub(super) async fn metrics(State(state): State<AppState>, headers: HeaderMap) -> HttpResponse {
    if let Some(exposition) = &state.operations.exposition {
        return exposed(exposition());
    }
    let detail =
        "The meters are for the operator's listener. --public-metrics shows them here, too.";
    let problem = Problem::new(404, "metrics_off", "Not for everybody", detail);
    problem::respond(&problem, Format::accepted(&headers))
}

/// An exposition as an answer.
pub(crate) fn exposed(text: String) -> HttpResponse {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    let cache = HeaderValue::from_static("no-store");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, cache)], text).into_response()
}

/// Says what is left, by the IETF's draft of the RateLimit header fields, version 10.
fn state_rate(response: &mut HttpResponse, standing: Standing) {
    let Standing { quota, window, remaining, reset, .. } = standing;
    let values = [
        ("ratelimit-policy", format!("\"default\";q={quota};w={window}")),
        ("ratelimit", format!("\"default\";r={remaining};t={reset}")),
    ];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}
