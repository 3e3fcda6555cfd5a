//! Requests that are turned away before anybody looks at them.

use app::{
    problem::Problem,
    server_fns::{Classify, Why},
};
use axum::middleware::Next;
use leptos::server_fn::ServerFn;

use super::{HttpRequest, HttpResponse, accept::Format, input::media_type, problem};
use crate::fetch::LOOP_HEADER;

/// Turns away what need not be read, and lets everything else pass.
pub(super) async fn turn_away(request: HttpRequest, next: Next) -> HttpResponse {
    match fault(&request) {
        Some(problem) => problem::respond(&problem, Format::accepted(request.headers())),
        None => next.run(request).await,
    }
}

fn fault(request: &HttpRequest) -> Option<Problem> {
    // Whoever fetches is a vitrine, this or another: an address that names one of us would send it in circles.
    if request.headers().contains_key(LOOP_HEADER) {
        let detail = "A vitrine does not fetch pictures from a vitrine.";
        return Some(Problem::new(403, "fetch_in_circles", "This would go in circles", detail));
    }
    // leptos 0.8 takes the boundary for granted in the functions that take pictures.
    if [Classify::PATH, Why::PATH].contains(&request.uri().path()) && !has_boundary(request) {
        return Some(Problem::new(
            415,
            "multipart_expected",
            "The form cannot be read",
            "This address takes a multipart form, as the page sends it. Programs use POST /{model}.",
        ));
    }
    None
}

fn has_boundary(request: &HttpRequest) -> bool {
    media_type(request.headers()).is_some_and(|kind| {
        kind.essence_str() == "multipart/form-data" && kind.get_param("boundary").is_some()
    })
}
