//! `POST /{model}`: a picture in, by whatever way; the answer out, in whatever form.

use app::{
    classify::{Picture, Posted, Request},
    problem::Problem,
    shell,
    wire::Classification,
};
use axum::{
    Json,
    extract::{Path, State},
    response::IntoResponse,
};
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};
use leptos::prelude::{LeptosOptions, provide_context};

use super::{
    AppState, HttpRequest, HttpResponse, accept::Format, dialect, hugging_face, input, problem,
    several,
};

/// Classes that are named unless the caller says how many.
pub const DEFAULT_TOP_K: usize = 5;

/// The handler.
pub(super) async fn classify(
    State(state): State<AppState>,
    Path(model): Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let (parts, body) = request.into_parts();
    let format = Format::accepted(&parts.headers);
    // What is rare has a box of its own, since every request has memory for all that may become of it.
    let mut input = input::read(&parts, body, state.max_upload).await;
    let several = input.as_ref().is_ok_and(|input| input.several.is_some() && input.task.is_none());
    if !several && let Some(task) = hugging_face::wanted(&parts, format, input.as_ref().ok()) {
        return match input {
            Ok(input) => Box::pin(hugging_face::classify(&state, model, input, task)).await,
            Err(problem) => dialect::as_error(&problem::respond(&problem, Format::Json), &problem),
        };
    }
    if let Ok(input) = &mut input
        && let Some(pictures) = several::pictures(input, format)
    {
        return Box::pin(several::classify(&state, model, input, pictures, format)).await;
    }
    let mut given = None;
    let mut why = None;
    let outcome = match input {
        Ok(input) => {
            given.clone_from(&input.picture);
            why = input.why.then_some(input.class);
            let picture = input.picture.unwrap_or(Picture::Example(None));
            let top_k = input.top_k.unwrap_or(DEFAULT_TOP_K);
            let crop = input.crop || format == Format::Html;
            state.backend.classify(Request { model, picture, top_k, crop }).await
        }
        Err(problem) => Err(problem),
    };
    match format {
        Format::Html => {
            Box::pin(page(&state, parts, Posted { picture: given, outcome, why })).await
        }
        format => respond(&outcome, format),
    }
}

fn respond(outcome: &Result<Classification, Problem>, format: Format) -> HttpResponse {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(problem) => return problem::respond(problem, format),
    };
    let mut response = match format {
        Format::Json | Format::Lines => Json(answer).into_response(),
        // The bare label, as a program that only wants to know what it is can take it.
        Format::Text | Format::Html => {
            answer.predictions.first().map_or_else(String::new, |p| p.label.clone()).into_response()
        }
    };
    name_model(response.headers_mut(), answer);
    response
}

/// The page with the outcome, for a form that was sent without JavaScript.
async fn page(state: &AppState, parts: Parts, posted: Posted) -> HttpResponse {
    let context = state.context();
    let options = LeptosOptions::clone(&state.leptos);
    let outcome = posted.outcome.clone();
    let render = leptos_axum::render_app_async_with_context(
        move || {
            context();
            provide_context(posted.clone());
        },
        move || shell(options.clone()),
    );
    let mut response = render(HttpRequest::from_parts(parts, axum::body::Body::empty())).await;
    match &outcome {
        Ok(answer) => name_model(response.headers_mut(), answer),
        Err(problem) => {
            *response.status_mut() = problem::status(problem);
            problem::set_retry_after(response.headers_mut(), problem);
        }
    }
    response
}

/// Says in headers which model answered, for which one if it only stood in, and what else there is
/// to know: the bare label has no room for it.
fn name_model(headers: &mut HeaderMap, answer: &Classification) {
    name(headers, &answer.model, answer.fallback_for.as_deref());
    if let Some(words) = answer.note.as_deref() {
        note(headers, words);
    }
}

/// Says in a header what else there is to know.
pub(super) fn note(headers: &mut HeaderMap, words: &str) {
    if let Ok(words) = HeaderValue::from_str(words) {
        headers.insert(HeaderName::from_static("vitrine-note"), words);
    }
}

/// Says in headers which model answered, and for which one.
pub(super) fn name(headers: &mut HeaderMap, model: &str, fallback_for: Option<&str>) {
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("vitrine-model", model);
    if let Some(asked) = fallback_for {
        set("vitrine-fallback-for", asked);
    }
}
