//! `POST /{model}/explain`: which parts of a picture speak for a class, as a picture or in numbers.

use app::{
    classify::{Picture, WhyRequest},
    problem::Problem,
    wire::{self, Explanation},
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::IntoResponse,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Uri,
    header::{ACCEPT, CONTENT_TYPE},
};

use super::{AppState, HttpRequest, HttpResponse, accept::Format, input, problem};
use crate::{
    heat,
    service::{faults, unwatched},
};

/// In which form the map is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A PNG of what the network saw, with the weights over it.
    Overlay,
    /// A PNG of the weights.
    Grey,
    /// The weights.
    Grid,
}

/// The wishes that stand in the query.
#[derive(Debug, Default)]
struct Wishes {
    class: Option<String>,
    method: wire::Method,
    form: Option<Form>,
}

/// The handler.
pub(super) async fn explain(
    State(state): State<AppState>,
    Path(model): Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let (parts, body) = request.into_parts();
    let refused = |problem: &Problem| {
        // Pictures are no form that a problem could take.
        let format = match Format::accepted(&parts.headers) {
            Format::Json => Format::Json,
            _ => Format::Text,
        };
        problem::respond(problem, format)
    };
    let wishes = match Wishes::read(&parts.uri) {
        Ok(wishes) => wishes,
        Err(problem) => return refused(&problem),
    };
    let form = wishes.form.unwrap_or_else(|| Form::accepted(&parts.headers));
    // Only the bodies of a POST are kept within bounds.
    let body = if parts.method == Method::POST { body } else { Body::empty() };
    let input = match input::read(&parts, body, state.max_upload).await {
        Ok(input) => input,
        Err(problem) => return refused(&problem),
    };
    let request = WhyRequest {
        model,
        picture: input.picture.unwrap_or(Picture::Example(None)),
        class: wishes.class,
        method: wishes.method,
        crop: input.crop,
        overlay: form == Form::Overlay,
    };
    let explained = state.backend.explain(request, unwatched()).await;
    match explained.and_then(|map| respond(&state, map, form)) {
        Ok(response) => response,
        Err(problem) => refused(&problem),
    }
}

fn respond(state: &AppState, mut map: Explanation, form: Form) -> Result<HttpResponse, Problem> {
    let model = HeaderValue::from_str(&map.model).map_err(|_| faults::bug())?;
    let mut response = match form {
        Form::Grid => Json(map).into_response(),
        Form::Overlay => {
            let overlay = map.overlay.take().unwrap_or_default();
            let (_, base64) = overlay.split_once(',').ok_or_else(faults::bug)?;
            png(STANDARD.decode(base64).map_err(|_| faults::bug())?)
        }
        Form::Grey => {
            let side = state.backend.model(&map.model).map_or(map.width, |model| model.input_size);
            png(heat::grey(&map, side).map_err(|_| faults::bug())?)
        }
    };
    response.headers_mut().insert(HeaderName::from_static("vitrine-model"), model);
    Ok(response)
}

fn png(bytes: Vec<u8>) -> HttpResponse {
    ([(CONTENT_TYPE, HeaderValue::from_static("image/png"))], bytes).into_response()
}

impl Form {
    /// The form that `Accept` likes best: `application/json`, `image/png`, or
    /// `image/png;mode=grey`, the first one among equals. A picture over the picture if it names
    /// none.
    fn accepted(headers: &HeaderMap) -> Self {
        let ranges = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let named = ranges.flat_map(|value| value.split(',')).filter_map(weigh);
        // The last one of the greatest is taken.
        let named: Vec<_> = named.collect();
        let best = named.into_iter().rev().max_by(|a, b| a.0.total_cmp(&b.0));
        best.map_or(Self::Overlay, |(_, form)| form)
    }
}

/// How much a media range is liked, and the form that it names; `None` if it names none of ours, or
/// refuses it.
fn weigh(range: &str) -> Option<(f32, Form)> {
    let range: mime::Mime = range.trim().parse().ok()?;
    let quality = range.get_param("q").map_or(Some(1.0), |q| q.as_str().parse().ok())?;
    let grey = range.get_param("mode").is_some_and(|mode| mode == "grey" || mode == "gray");
    let form = match range.essence_str() {
        "application/json" => Form::Grid,
        "image/png" if grey => Form::Grey,
        "image/png" | "image/*" => Form::Overlay,
        _ => return None,
    };
    (quality > 0.0).then_some((quality, form))
}

impl Wishes {
    fn read(uri: &Uri) -> Result<Self, Problem> {
        let mut wishes = Self::default();
        let query = uri.query().unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "class" if !value.trim().is_empty() => wishes.class = Some(value.into_owned()),
                "method" => {
                    wishes.method = match &*value {
                        "auto" => wire::Method::Auto,
                        "grad-cam" => wire::Method::GradCam,
                        "occlusion" => wire::Method::Occlusion,
                        _ => return Err(unknown("method", "auto, grad-cam or occlusion")),
                    }
                }
                "as" => {
                    wishes.form = Some(match &*value {
                        "overlay" => Form::Overlay,
                        "grey" | "gray" => Form::Grey,
                        "grid" => Form::Grid,
                        _ => return Err(unknown("as", "overlay, grey or grid")),
                    });
                }
                _ => {}
            }
        }
        Ok(wishes)
    }
}

fn unknown(name: &str, known: &str) -> Problem {
    let detail = format!("{name} must be {known}.");
    Problem::new(400, "wish_unknown", "The wish is not known", detail)
}
