//! Requests that are turned away before anybody looks at them.

use app::{
    problem::Problem,
    server_fns::{Classify, Why},
};
use axum::middleware::Next;
use leptos::server_fn::ServerFn;

use super::{HttpRequest, HttpResponse, accept::Format, input::media_type, problem};
use crate::fetch::LOOP_HEADER;

/// Lets the functions that take pictures see only multipart forms: leptos 0.8 takes the boundary for granted.
pub(super) async fn multipart_only(request: HttpRequest, next: Next) -> HttpResponse {
    if [Classify::PATH, Why::PATH].contains(&request.uri().path()) && !has_boundary(&request) {
        let problem = Problem::new(
            415,
            "multipart_expected",
            "The form cannot be read",
            "This address takes a multipart form, as the page sends it. Programs use POST /{model}.",
        );
        return problem::respond(&problem, Format::accepted(request.headers()));
    }
    next.run(request).await
}

/// Refuses what a vitrine fetches, ours or another: an address that names one of us would send it
/// in circles.
pub(super) async fn no_circles(request: HttpRequest, next: Next) -> HttpResponse {
    if request.headers().contains_key(LOOP_HEADER) {
        let detail = "A vitrine does not fetch pictures from a vitrine.";
        let problem = Problem::new(403, "fetch_in_circles", "This would go in circles", detail);
        return problem::respond(&problem, Format::accepted(request.headers()));
    }
    next.run(request).await
}

fn has_boundary(request: &HttpRequest) -> bool {
    media_type(request.headers()).is_some_and(|kind| {
        kind.essence_str() == "multipart/form-data" && kind.get_param("boundary").is_some()
    })
}
