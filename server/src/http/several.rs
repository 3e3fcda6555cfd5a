//! `POST /{model}` with several pictures: each has its own answer or problem, in order.

use std::{convert::Infallible, sync::Arc};

use app::{
    classify::Picture,
    problem::Problem,
    wire::{Classification, Timing},
};
use axum::{Json, body::Body, response::IntoResponse};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::{HeaderValue, header::CONTENT_TYPE};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    AppState, HttpResponse, accept::Format, classify, classify::DEFAULT_TOP_K, input::Input,
    problem, request_log,
};
use crate::service::{Ask, Visit, unwatched};

/// A picture, or why it could not be read.
type Taken = Result<Picture, Problem>;

/// What became of one of the pictures.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Outcome {
    /// Its place in the request, from 0.
    index: usize,
    #[serde(flatten)]
    answer: Answer,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    Ok(Box<Classification>),
    Error(Problem),
}

#[derive(Serialize, ToSchema)]
pub(super) struct Outcomes {
    /// One for each picture, in order.
    answers: Vec<Outcome>,
}

/// The pictures of a request that is answered picture by picture, if it is one: it holds several,
/// or wants lines.
pub(super) fn pictures(input: &mut Input, format: Format) -> Option<Vec<Taken>> {
    if let Some(several) = input.several.take() {
        return Some(several);
    }
    let alone = || vec![Ok(input.picture.take().unwrap_or(Picture::Example(None)))];
    (format == Format::Lines).then(alone)
}

/// Lets all of the pictures in, or none, and answers them.
pub(super) async fn classify(
    state: &AppState,
    model: String,
    input: &Input,
    pictures: Vec<Taken>,
    format: Format,
) -> HttpResponse {
    request_log::note(&model, Timing::default());
    let visit = match state.backend.visit(Ask::many(model, pictures.len())).await {
        Ok(visit) => Arc::new(visit),
        Err(problem) => return problem::respond(&problem, format),
    };
    let top_k = input.top_k.unwrap_or(DEFAULT_TOP_K);
    let outcomes = outcomes(Arc::clone(&visit), pictures, top_k, input.crop);
    let mut response = match format {
        Format::Lines => lines(outcomes),
        _ => {
            let mut answers: Vec<_> = outcomes.collect().await;
            answers.sort_by_key(|outcome| outcome.index);
            match format {
                Format::Json | Format::Lines => Json(Outcomes { answers }).into_response(),
                Format::Text | Format::Html => words(&answers).into_response(),
            }
        }
    };
    classify::name(response.headers_mut(), &visit.card().name, visit.fallback_for());
    response
}

/// The outcomes as they come. All pictures are under way at the same time, so that the worker has
/// them together.
fn outcomes(
    visit: Arc<Visit>,
    pictures: Vec<Taken>,
    top_k: usize,
    crop: bool,
) -> impl Stream<Item = Outcome> + Send + 'static {
    let most = pictures.len();
    let answers = stream::iter(pictures.into_iter().enumerate()).map(move |(index, picture)| {
        let visit = Arc::clone(&visit);
        async move {
            let answer = match picture {
                Ok(picture) => visit.classify(picture, top_k, crop, &unwatched()).await,
                Err(problem) => Err(visit.spoil(problem)),
            };
            let answer = answer.map_or_else(Answer::Error, |answer| Answer::Ok(Box::new(answer)));
            Outcome { index, answer }
        }
    });
    answers.buffer_unordered(most)
}

fn lines(outcomes: impl Stream<Item = Outcome> + Send + 'static) -> HttpResponse {
    let line = |outcome| {
        let mut line = serde_json::to_vec(&outcome).unwrap_or_default();
        line.push(b'\n');
        Ok::<_, Infallible>(Bytes::from(line))
    };
    let mut response = Body::from_stream(outcomes.map(line)).into_response();
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// A line for each picture: its label, or what is wrong.
fn words(answers: &[Outcome]) -> String {
    let line = |outcome: &Outcome| match &outcome.answer {
        Answer::Ok(answer) => {
            let best = answer.predictions.first();
            format!("{}\n", best.map_or("", |best| best.label.as_str()))
        }
        Answer::Error(problem) => format!("{problem}\n"),
    };
    answers.iter().map(line).collect()
}
