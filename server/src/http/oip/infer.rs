//! `POST /v2/models/{model}/infer`

use std::time::Duration;

use app::{problem::Problem, wire::Timing};
use axum::{
    body::Body,
    extract::{Path, State},
    response::IntoResponse,
};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
    request::Parts,
};

use super::{Address, HEADER_LENGTH, encoding};
use crate::{
    http::{
        AppState, HttpRequest, HttpResponse, accept::Format, input::collect, intake::NoRoom,
        intake::Room, problem, request_log,
    },
    oip::{self, Encoded, MAX_BODY},
    service::faults,
};

/// Answers a request, whatever its content type says: clients send none, or a wrong one.
pub(super) async fn infer(
    State(state): State<AppState>,
    Path(address): Path<Address>,
    request: HttpRequest,
) -> HttpResponse {
    request_log::note(&address.model, Timing::default());
    let (parts, body) = request.into_parts();
    match answer(&state, &address, &parts, body).await {
        Ok(encoded) => respond(encoded, &parts.headers),
        Err(problem) => problem::respond(&problem, Format::Json),
    }
}

async fn answer(
    state: &AppState,
    address: &Address,
    parts: &Parts,
    body: Body,
) -> Result<Encoded, Problem> {
    if state.backend.model(&address.model).is_none() {
        // Before megabytes are read for nothing.
        return Err(faults::unknown_model(&address.model));
    }
    let coding = text(&parts.headers, CONTENT_ENCODING.as_str())?;
    let header_length = text(&parts.headers, HEADER_LENGTH)?;
    let body = collect(body, MAX_BODY as u64).await?;
    let room = parts.extensions.get::<Room>().cloned();
    let read = tokio::task::spawn_blocking(move || {
        let body = plain(coding.as_deref(), body, room.as_ref())?;
        oip::read(header_length.as_deref(), &body)
    });
    let request = read.await.map_err(|_| faults::bug())??;
    let answer = oip::infer(&*state.backend, &address.model, &address.version, request).await?;
    answer.encode().map_err(|_| faults::bug())
}

/// What a body was before it was compressed, for which there has to be room.
fn plain(coding: Option<&str>, body: Bytes, room: Option<&Room>) -> Result<Bytes, Problem> {
    let Some(room) = room.filter(|_| coding.is_some()) else {
        return encoding::decompress(coding, body);
    };
    room.take(MAX_BODY).map_err(|NoRoom| faults::busy(Duration::ZERO))?;
    let plain = encoding::decompress(coding, body)?;
    room.give_back(MAX_BODY - plain.len());
    Ok(plain)
}

fn text(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let text = value.to_str().map_err(|_| oip::malformed(format!("The header {name} is no text.")));
    Ok(Some(text?.to_owned()))
}

fn respond(encoded: Encoded, headers: &HeaderMap) -> HttpResponse {
    let Encoded { header_length, body } = encoded;
    let kind =
        if header_length.is_some() { "application/octet-stream" } else { "application/json" };
    let coding = encoding::wanted(headers);
    let body = coding.map_or_else(|| body.clone(), |coding| coding.compress(&body));
    let mut response = body.into_response();
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(length) = header_length {
        answer.insert(HEADER_LENGTH, length.into());
    }
    if let Some(coding) = coding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    response
}
