//! `POST` to a mounted pipeline.

use std::{
    fmt::Display,
    sync::Arc,
    time::{Duration, Instant},
};

use app::{
    classify::Picture,
    problem::Problem,
    wire::{SourceKind, Timing},
};
use axum::{Json, body::Body, extract::State, response::IntoResponse};
use http::request::Parts;
use serde::Serialize;
use tokio::time::timeout_at;

use super::{Job, Mounted, page};
use crate::{
    http::{HttpRequest, HttpResponse, accept::Format, input, problem, request_log},
    meters::{Passage, Stage},
    service::{Times, faults, unwatched},
};

/// The handler.
pub(super) async fn answer<Response: Display + Serialize + Send + 'static>(
    State(mounted): State<Arc<Mounted<Response>>>,
    request: HttpRequest,
) -> HttpResponse {
    let (parts, body) = request.into_parts();
    let format = Format::accepted(&parts.headers);
    match (mounted.run(&parts, body).await, format) {
        (outcome, Format::Html) => {
            let outcome = outcome.map(|response| response.to_string());
            page::render(&mounted, parts, Some(outcome)).await
        }
        (Err(problem), format) => problem::respond(&problem, format),
        (Ok(response), Format::Json | Format::Lines) => Json(response).into_response(),
        (Ok(response), Format::Text) => response.to_string().into_response(),
    }
}

impl<Response: Send + 'static> Mounted<Response> {
    /// From the request to the pipeline's response.
    async fn run(&self, parts: &Parts, body: Body) -> Result<Response, Problem> {
        request_log::note(&self.name, Timing::default());
        let input = input::read(parts, body, self.state.max_upload).await?;
        let passage = self.service.meters().arrive(&self.name);
        let outcome = self.pass(input.picture, &passage).await;
        passage.settle(outcome.as_ref().err());
        outcome
    }

    /// The way of a picture, as a model's have it.
    async fn pass(&self, picture: Option<Picture>, passage: &Passage) -> Result<Response, Problem> {
        let arrival = Instant::now();
        let deadline = arrival + self.timeout;
        let expired = |_| faults::expired(self.timeout);
        let picture = picture.ok_or_else(faults::no_picture)?;
        let way = self.service.way();

        let quiet = unwatched();
        let taken = timeout_at(deadline.into(), way.obtain(picture, &quiet)).await;
        let taken = taken.map_err(expired)??;
        passage.received(taken.bytes.len() as u64);
        if taken.kind == SourceKind::Url {
            passage.took(Stage::Fetch, taken.fetching);
        }

        let start = Instant::now();
        let decoded = way.decode(taken.bytes, true, |_, _| None, |picture| picture.pixels);
        let pixels = timeout_at(deadline.into(), decoded).await.map_err(expired)??;
        let decoding = start.elapsed();
        passage.took(Stage::Decode, decoding);

        let job = Job { pixels, mark: passage.mark() };
        let ticket = self.broker.submit(job, Some(deadline)).map_err(faults::submission)?;
        passage.queued();
        let answer = ticket.await.map_err(|error| faults::run(&error, self.timeout))?;
        passage.took(Stage::Queue, answer.waited);
        passage.took(Stage::Inference, answer.ran);
        passage.shared(answer.batch_size, decoding, Duration::ZERO);
        let times = Times { waited: answer.waited, ran: answer.ran };
        request_log::note(&self.name, times.timing(taken.fetching, decoding, arrival));
        Ok(answer.response)
    }
}
