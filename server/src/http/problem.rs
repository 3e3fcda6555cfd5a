//! Problems as answers.

pub(crate) mod codes;

use std::any::Any;

use app::problem::Problem;
use axum::{Json, response::IntoResponse};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde::Serialize;

use super::{HttpResponse, accept::Format};
use crate::service::faults;

/// The members that RFC 9457 names, and ours.
#[derive(Serialize)]
struct Details<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    problem: &'a Problem,
}

/// Words or JSON. A page is rendered elsewhere, since it shows the form again.
pub(crate) fn respond(problem: &Problem, format: Format) -> HttpResponse {
    debug_assert!(
        codes::find(&problem.code).is_some_and(|code| code.status == problem.status),
        "{} with {} is not in the list of codes",
        problem.code,
        problem.status
    );
    let status = status(problem);
    let mut response = match format {
        Format::Json | Format::Lines => {
            let details = Details { r#type: "about:blank", problem };
            let mut response = (status, Json(details)).into_response();
            let kind = HeaderValue::from_static("application/problem+json");
            response.headers_mut().insert(CONTENT_TYPE, kind);
            response
        }
        Format::Text | Format::Html => {
            (status, format!("{}: {}\n", problem.title, problem.detail)).into_response()
        }
    };
    set_retry_after(response.headers_mut(), problem);
    // For a layer that tells it in the words of another protocol.
    response.extensions_mut().insert(problem.clone());
    response
}

pub(crate) fn set_retry_after(headers: &mut HeaderMap, problem: &Problem) {
    if let Some(seconds) = problem.retry_after {
        headers.insert(RETRY_AFTER, seconds.into());
    }
}

pub(crate) fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A known path, but not this way.
pub(crate) async fn method_not_allowed(headers: HeaderMap) -> HttpResponse {
    let problem = Problem::new(
        405,
        "method_not_allowed",
        "Not this way",
        "A page is read with GET, a picture is sent to a model with POST.",
    );
    respond(&problem, Format::accepted(&headers))
}

/// A handler panicked. Its text may hold anything, so it goes to the log alone.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands over the box")]
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> HttpResponse {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("no text"), "a handler panicked");
    respond(&faults::bug(), Format::Json)
}
