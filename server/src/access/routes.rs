//! Which requests need a key, and which cost something.

use http::{HeaderMap, Method, Uri, header::ACCEPT};

/// Probes: whoever keeps the server running has no key, and learns nothing of anybody's pictures.
const PROBES: [&str; 9] = [
    "/livez",
    "/readyz",
    "/v2/health/live",
    "/v2/health/ready",
    "/ping",
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/inference.GRPCInferenceService/ServerLive",
    "/inference.GRPCInferenceService/ServerReady",
];
/// What the page asks while it waits for a model. It costs next to nothing.
const STATES: [&str; 2] = ["/api/model", "/api/models"];
/// What a call of gRPC is called that has pictures classified. A stream of them is charged for its
/// messages as they come.
const CALL: &str = "/inference.GRPCInferenceService/ModelInfer";
/// Where calls of gRPC are, and the model repository.
const CHEAP: [&str; 3] = ["/inference.GRPCInferenceService/", "/grpc.", "/v2/repository/"];

pub(super) fn is_probe(uri: &Uri) -> bool {
    PROBES.contains(&uri.path())
}

/// Whether a request comes from the page: reading it, its own calls, and its form without
/// JavaScript. Anybody can make a request look like that.
pub(super) fn is_page(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let html =
        |value: &http::HeaderValue| value.to_str().is_ok_and(|accept| accept.contains("text/html"));
    reads(method) || uri.path().starts_with("/api/") || headers.get_all(ACCEPT).iter().any(html)
}

/// Whether a request has a picture classified or explained. The page does that for an address in
/// its query, too.
pub(super) fn classifies(method: &Method, uri: &Uri) -> bool {
    if reads(method) && !uri.path().ends_with("/explain") {
        let query = uri.query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        return pairs.any(|(name, _)| matches!(&*name, "url" | "example"));
    }
    let path = uri.path();
    let cheap = STATES.contains(&path) || CHEAP.iter().any(|start| path.starts_with(start));
    method != Method::OPTIONS && (path == CALL || !cheap)
}

fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}
