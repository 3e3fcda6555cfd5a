//! What a caller sent: a picture or where it is, and a few wishes, in any of the usual ways.

mod json;

use std::time::Duration;

use app::{classify::Picture, problem::Problem};
use axum::{
    body::Body,
    extract::{FromRequest, Multipart, multipart::Field},
};
use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
    request::Parts,
};
use http_body_util::{BodyExt, LengthLimitError};
use tower_http::timeout::TimeoutError;

use super::{HttpRequest, intake::NoRoom, oip::plain};
use crate::service::faults;
pub(super) use json::{JsonInput, JsonPicture, Transform};

/// Longest text field, in bytes: an address has at most 2 048.
const MAX_TEXT: usize = 4096;
/// Parts of a multipart body that are looked at.
const MAX_PARTS: usize = 1024;
/// Most classes that can be asked for: far more than any model has.
const MAX_TOP_K: usize = u32::MAX as usize;
/// What a body may hold besides the picture: boundaries, other fields, JSON around it.
const OVERHEAD: u64 = 64 * 1024;

/// A request in one form, whatever it came in.
#[derive(Debug, Default)]
pub(crate) struct Input {
    /// The picture; `None` if none was given.
    pub(crate) picture: Option<Picture>,
    /// How many classes to name.
    pub(crate) top_k: Option<usize>,
    /// Whether to answer with what the network saw, too.
    pub(crate) crop: bool,
    /// Whether the page should show why, too.
    pub(crate) why: bool,
    /// The class that should be explained there, by number or label; the best one if none is named.
    pub(crate) class: Option<String>,
    /// Several pictures, each of them or why it cannot be read.
    pub(crate) several: Option<Vec<Result<Picture, Problem>>>,
    /// How scores are told to a caller who speaks the image classification task's protocol.
    pub(crate) task: Option<Transform>,
}

/// Largest body for pictures of at most `max_upload` bytes: they grow by a third as base64.
pub(crate) fn body_limit(max_upload: u64) -> u64 {
    max_upload.div_ceil(3) * 4 + OVERHEAD
}

/// Reads a request to classify. What stands in the body wins over what stands in the query.
///
/// # Errors
///
/// A problem of the caller's: too long, of an unknown kind, or not what it says it is.
pub(crate) async fn read(parts: &Parts, body: Body, max_upload: u64) -> Result<Input, Problem> {
    let mut input = Input::default();
    input.take_pairs(parts.uri.query().unwrap_or_default().as_bytes())?;
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > body_limit(max_upload)) {
        return Err(faults::upload_too_large(max_upload));
    }
    plain(&parts.headers)?;
    let kind = media_type(&parts.headers);
    let essence = kind.as_ref().map_or("", mime::Mime::essence_str);
    if essence == "multipart/form-data" {
        let request = HttpRequest::from_parts(parts.clone(), body);
        Box::pin(input.take_multipart(request, max_upload)).await?;
        return Ok(input);
    }
    let body = collect(body, max_upload).await?;
    // `curl --data-binary` calls a picture a form, so its first bytes are asked before its name.
    if essence.starts_with("image/") || image::guess_format(&body).is_ok() {
        input.picture = Some(Picture::Bytes { bytes: body, name: None });
    } else if essence == "application/json" {
        input.take_json(&body)?;
    } else if essence == "application/x-www-form-urlencoded" {
        let is_ours = || url::form_urlencoded::parse(&body).any(|(name, _)| is_field(&name));
        match std::str::from_utf8(&body) {
            // Such as a text that curl sent as a form. An example must not be answered for it.
            Ok(text) if !text.is_empty() && !is_ours() => return Err(faults::no_picture()),
            Ok(_) => input.take_pairs(&body)?,
            // A form is text. Decoding says what else it may be.
            Err(_) => input.picture = Some(Picture::Bytes { bytes: body, name: None }),
        }
    } else if !body.is_empty() {
        // Neither a form nor a picture by its first bytes; decoding says what else it may be.
        input.picture = Some(Picture::Bytes { bytes: body, name: None });
    }
    Ok(input)
}

/// What the body says it is; `None` if it says nothing, or nothing that can be read.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<mime::Mime> {
    headers.get(CONTENT_TYPE)?.to_str().ok()?.parse().ok()
}

/// Names of parts that are pictures, even if they come without a file name.
fn is_file(name: &str) -> bool {
    matches!(name, "image" | "file" | "data" | "body")
}

/// Whether this stands in a query or a form once at most. Whoever says it twice may not mean the one
/// that would be taken.
fn is_single(name: &str) -> bool {
    // Of several addresses the last one counts.
    matches!(name, "example" | "top_k" | "crop" | "class" | "method" | "as" | "task")
}

fn is_field(name: &str) -> bool {
    matches!(name, "url" | "example" | "top_k" | "crop")
}

impl Input {
    fn take_pairs(&mut self, pairs: &[u8]) -> Result<(), Problem> {
        let mut seen = Vec::new();
        for (name, value) in url::form_urlencoded::parse(pairs) {
            if is_single(&name) && seen.contains(&name) {
                return Err(repeated(&name));
            }
            seen.push(name.clone());
            self.take_text(&name, &value)?;
        }
        Ok(())
    }

    fn take_text(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        let value = value.trim();
        match name {
            _ if value.is_empty() => {}
            "url" => self.picture = Some(Picture::Url(value.to_owned())),
            "example" => self.picture = Some(Picture::Example(Some(value.to_owned()))),
            "top_k" => self.top_k = Some(top_k(value.parse().ok())?),
            "why" => self.why = true,
            "class" => self.class = Some(value.to_owned()),
            "crop" => self.crop = crop(value)?,
            // A form may carry fields of its own, such as the button that was pressed.
            _ => {}
        }
        Ok(())
    }

    async fn take_multipart(&mut self, request: HttpRequest, max: u64) -> Result<(), Problem> {
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|error| multipart_problem(&error.body_text()))?;
        let mut files = Vec::new();
        for _ in 0..MAX_PARTS {
            let part = parts.next_field().await.map_err(|e| unreadable(&e, max))?;
            let Some(part) = part else { break };
            let name = part.name().unwrap_or_default().to_owned();
            if is_file(&name) || part.file_name().is_some() {
                let called = part.file_name().filter(|n| !n.is_empty()).map(str::to_owned);
                let bytes = read_part(part, max, || faults::upload_too_large(max)).await?;
                // A browser sends an empty part for a picker that nothing was picked with.
                if !bytes.is_empty() || called.is_some() {
                    files.push(Picture::Bytes { bytes, name: called });
                }
            } else {
                let too_long = || multipart_problem(&format!("the field {name:?} is too long"));
                let bytes = read_part(part, MAX_TEXT as u64, too_long).await?;
                self.take_text(&name, &String::from_utf8_lossy(&bytes))?;
            }
        }
        // Whoever picked a file means it, even if an address was left in the form.
        if files.len() > 1 {
            self.several = Some(files.into_iter().map(Ok).collect());
        } else if let Some(file) = files.pop() {
            self.picture = Some(file);
        }
        Ok(())
    }
}

async fn read_part(
    mut part: Field<'_>,
    max: u64,
    too_large: impl Fn() -> Problem,
) -> Result<Bytes, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = part.chunk().await.map_err(|e| unreadable(&e, max))? {
        if (bytes.len() + chunk.len()) as u64 > max {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

pub(super) async fn collect(body: Body, max_upload: u64) -> Result<Bytes, Problem> {
    match body.collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => Err(unreadable(&error, max_upload)),
    }
}

/// Why a body could not be read to its end: it is too long, or it broke off.
fn unreadable(error: &(dyn std::error::Error + 'static), max_upload: u64) -> Problem {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return faults::upload_too_large(max_upload);
        }
        if error.is::<NoRoom>() {
            return faults::busy(Duration::ZERO);
        }
        if error.is::<TimeoutError>() {
            let detail = "The request did not come to its end in time.";
            return Problem::new(408, "body_timeout", "The request is too slow", detail);
        }
        cause = error.source();
    }
    let detail = "The request broke off before its end, or is not formed as it says.";
    Problem::new(400, "body_unreadable", "The request cannot be read", detail)
}

fn multipart_problem(reason: &str) -> Problem {
    let detail = format!("{reason}. Send the picture as the field image, or its address as url.");
    Problem::new(400, "multipart_invalid", "The form cannot be read", detail)
}

fn repeated(name: &str) -> Problem {
    let detail = format!("{name} is there more than once. Say it once.");
    Problem::new(400, "wish_repeated", "The request is ambiguous", detail)
}

fn crop(word: &str) -> Result<bool, Problem> {
    match word {
        "true" | "1" | "on" => Ok(true),
        "false" | "0" | "off" => Ok(false),
        _ => {
            let detail = "crop says whether to answer with what the network saw: true or false.";
            Err(Problem::new(400, "crop_invalid", "crop cannot be read", detail))
        }
    }
}

fn top_k(number: Option<usize>) -> Result<usize, Problem> {
    number.filter(|&k| (1..=MAX_TOP_K).contains(&k)).ok_or_else(|| {
        let detail =
            "top_k says how many classes to name and must be a whole number from 1 to 4294967295.";
        Problem::new(400, "top_k_invalid", "top_k cannot be read", detail)
    })
}
