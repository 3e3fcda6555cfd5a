//! Files that are no page.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::{
    HeaderMap, HeaderValue, Uri,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::{AppState, HttpRequest, HttpResponse, accept::Format, problem};
use crate::service::faults;

/// An example picture of a model.
pub(super) async fn example(
    State(state): State<AppState>,
    Path((model, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> HttpResponse {
    let Some(bytes) = state.backend.example(&model, &file) else {
        let problem = faults::no_example(&model, Some(&file));
        return problem::respond(&problem, Format::accepted(&headers));
    };
    let kind = image::guess_format(&bytes).map_or("application/octet-stream", |f| f.to_mime_type());
    let cache = HeaderValue::from_static("public, max-age=3600");
    ([(CONTENT_TYPE, HeaderValue::from_static(kind)), (CACHE_CONTROL, cache)], bytes)
        .into_response()
}

/// A file that has to stand at the top, where it would otherwise be taken for a model.
pub(super) async fn top_level(
    State(state): State<AppState>,
    uri: Uri,
    request: HttpRequest,
) -> HttpResponse {
    let file = format!("{}{}", state.leptos.site_root, uri.path());
    ServeFile::new(file).oneshot(request).await.into_response()
}
