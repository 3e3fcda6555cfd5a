//! `POST` to a mounted pipeline.

use std::{fmt::Display, sync::Arc, time::Instant};

use app::problem::Problem;
use axum::{Json, body::Body, extract::State, response::IntoResponse};
use http::request::Parts;
use serde::Serialize;
use tokio::time::timeout_at;

use super::{Mounted, page};
use crate::service::unwatched;
use crate::{
    http::{HttpRequest, HttpResponse, accept::Format, input, problem},
    service::faults,
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
        let deadline = Instant::now() + self.timeout;
        let expired = || faults::expired(self.timeout);
        let input = input::read(parts, body, self.state.max_upload).await?;
        let picture = input.picture.ok_or_else(faults::no_picture)?;
        let decoded = timeout_at(deadline.into(), async {
            let way = self.service.way();
            let taken = way.obtain(picture, &unwatched()).await?;
            way.decode(taken.bytes, true, |picture| picture.pixels).await
        });
        let pixels = decoded.await.map_err(|_| expired())??;
        let ticket = self.broker.submit(pixels, Some(deadline)).map_err(faults::submission)?;
        let answer = ticket.await.map_err(|error| faults::run(&error, self.timeout))?;
        Ok(answer.response)
    }
}
