//! `POST /{model}` in the words of Hugging Face's image classification task.
//!
//! The address is the one of our own API, so the request has to tell: it is JSON with `inputs`, or
//! the query says `task=image-classification`, or the caller's software says what it is and does
//! not ask for a kind of answer of ours.

use app::{classify::Picture, problem::Problem, wire::Timing};
use axum::{Json, response::IntoResponse};
use http::{header::USER_AGENT, request::Parts};
use serde::Serialize;
use utoipa::ToSchema;
use vision::prediction;

use super::{
    AppState, HttpResponse,
    accept::Format,
    classify::{DEFAULT_TOP_K, name, note},
    dialect,
    input::{Input, Transform},
    problem, request_log,
};
use crate::service::{Ask, Item, NO_PICTURE, Scored, faults};

/// Software that speaks the task's protocol: the Python and the JavaScript client.
const CLIENTS: [&str; 2] = ["hf_hub/", "@huggingface/inference"];

/// A class, as Hugging Face's image classification task has it.
#[derive(Serialize, ToSchema)]
#[schema(as = TaskElement)]
pub(super) struct Element {
    /// What it is called.
    label: String,
    /// What the network gives it: a probability, unless something else was asked for.
    score: f32,
}

/// A request of the task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task {
    /// What becomes of the scores.
    transform: Transform,
    /// Whether one of the model's examples will do where no picture is given. Not for the clients,
    /// which do not look at the note that says so.
    example: bool,
}

/// The task, if the request is one of it.
pub(super) fn wanted(parts: &Parts, format: Format, input: Option<&Input>) -> Option<Task> {
    let said = input.and_then(|input| input.task);
    let asked = || {
        let query = parts.uri.query().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes())
            .any(|(name, value)| name == "task" && value == "image-classification")
    };
    let client = || {
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        format == Format::Text
            && agent.is_some_and(|agent| CLIENTS.iter().any(|client| agent.contains(client)))
    };
    let asked = asked();
    let transform = said.or_else(|| (asked || client()).then_some(Transform::default()))?;
    Some(Task { transform, example: asked })
}

/// Classifies a picture: the best classes with their scores.
pub(super) async fn classify(
    state: &AppState,
    model: String,
    input: Input,
    task: Task,
) -> HttpResponse {
    request_log::note(&model, Timing::default());
    match answer(state, model, input, task).await {
        Ok(response) => response,
        Err(problem) => dialect::as_error(&problem::respond(&problem, Format::Json), &problem),
    }
}

async fn answer(
    state: &AppState,
    model: String,
    input: Input,
    Task { transform, example }: Task,
) -> Result<HttpResponse, Problem> {
    let top_k = input.top_k.unwrap_or(DEFAULT_TOP_K);
    let given = input.picture.is_some();
    let picture = match input.picture {
        Some(picture) => picture,
        None if example => Picture::Example(None),
        None => return Err(faults::no_picture()),
    };
    let visit = state.backend.visit(Ask::one(model)).await?;
    let scored = visit.score(Item::Picture(picture)).await?;
    let best = prediction::top_k(&transform.scores(scored), &visit.card().labels, top_k);
    let elements: Vec<_> =
        best.into_iter().map(|one| Element { label: one.label, score: one.probability }).collect();
    let mut response = Json(elements).into_response();
    name(response.headers_mut(), &visit.card().name, visit.fallback_for());
    if !given {
        note(response.headers_mut(), NO_PICTURE);
    }
    Ok(response)
}

impl Transform {
    fn scores(self, scored: Scored) -> Vec<f32> {
        let sigmoid = |logit: f32| 1.0 / (1.0 + (-logit).exp());
        match self {
            Self::Softmax => scored.probabilities,
            Self::Sigmoid => scored.logits.into_iter().map(sigmoid).collect(),
            Self::None => scored.logits,
        }
    }
}
