//! Which words a problem is told in: each protocol has its own.

use app::problem::Problem;
use axum::{Json, middleware::Next, response::IntoResponse};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::json;

use super::{HttpRequest, HttpResponse};

/// A protocol, by the path that it is spoken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Problem details, or words.
    Own,
    /// The Open Inference Protocol and KServe's older one: `{"error": string}`, and a content type
    /// without parameters, since a client compares it with exactly that.
    OpenInference,
    /// TorchServe: `{"code", "type", "message"}`.
    TorchServe,
}

impl Dialect {
    /// The dialect of a path.
    pub(super) fn of(path: &str) -> Self {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "v1" | "v2" => Self::OpenInference,
            "predictions" | "ping" => Self::TorchServe,
            _ => Self::Own,
        }
    }
}

/// Puts every problem below into the words of the protocol that was spoken, whichever layer told it.
pub(crate) async fn reword(request: HttpRequest, next: Next) -> HttpResponse {
    let dialect = Dialect::of(request.uri().path());
    let response = next.run(request).await;
    match response.extensions().get::<Problem>() {
        Some(problem) if dialect != Dialect::Own => {
            let body = words(problem, dialect);
            replace(&response, body)
        }
        _ => response,
    }
}

/// The same response, with the problem in the words of the task protocols: `{"error": string}`.
pub(super) fn as_error(response: &HttpResponse, problem: &Problem) -> HttpResponse {
    replace(response, words(problem, Dialect::OpenInference))
}

fn words(problem: &Problem, dialect: Dialect) -> serde_json::Value {
    match dialect {
        Dialect::TorchServe => json!({
            "code": problem.status,
            "type": problem.code,
            "message": problem.detail,
        }),
        Dialect::Own | Dialect::OpenInference => json!({ "error": problem.detail }),
    }
}

/// Another body below the same status, with the headers that say when to come back or how.
fn replace(response: &HttpResponse, body: serde_json::Value) -> HttpResponse {
    let mut reworded = (response.status(), Json(body)).into_response();
    *reworded.extensions_mut() = response.extensions().clone();
    for (name, value) in response.headers() {
        if *name != CONTENT_TYPE && *name != CONTENT_LENGTH {
            reworded.headers_mut().insert(name, value.clone());
        }
    }
    reworded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_which_protocol_is_spoken() {
        for (path, dialect) in [
            ("/v2", Dialect::OpenInference),
            ("/v1/models/m:predict", Dialect::OpenInference),
            ("/predictions/m", Dialect::TorchServe),
            ("/ping", Dialect::TorchServe),
            ("/", Dialect::Own),
            ("/v22", Dialect::Own),
            ("/flags", Dialect::Own),
        ] {
            assert_eq!(Dialect::of(path), dialect, "{path}");
        }
    }
}
