//! How problems stand in the document.

use http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::{HeaderBuilder, RefOr, ResponseBuilder, Schema};

pub(super) use crate::http::problem::codes::{CODES, Code, find};

use super::{
    media::{self, Media},
    operation::schema,
};
use crate::http::dialect::Dialect;

/// Those of a body.
pub(super) const BODY: [&str; 5] =
    ["body_unreadable", "body_timeout", "picture_too_large", "encoding_unsupported", "queue_full"];
/// Those of a form or JSON with a picture and wishes.
pub(super) const INPUT: [&str; 7] = [
    "top_k_invalid",
    "crop_invalid",
    "multipart_invalid",
    "json_invalid",
    "base64_invalid",
    "picture_missing",
    "wish_repeated",
];
/// Those of a picture that is sent, or lies at an address.
pub(super) const PICTURE: [&str; 15] = [
    "picture_empty",
    "picture_format_unsupported",
    "picture_dimensions",
    "picture_too_many_scans",
    "picture_damaged",
    "url_invalid",
    "url_not_allowed",
    "fetch_off",
    "fetch_status",
    "fetch_failed",
    "fetch_too_large",
    "fetch_timeout",
    "fetch_not_an_image",
    "fetch_busy",
    "example_unknown",
];
/// Those of a model that cannot answer now.
pub(super) const MODEL: [&str; 7] = [
    "model_unknown",
    "model_absent",
    "model_failed",
    "model_loading",
    "model_unloaded",
    "stopping",
    "queue_full",
];
/// Those of a run of the network.
pub(super) const RUN: [&str; 3] = ["inference_failed", "deadline_exceeded", "scores_not_finite"];

/// The answer with a status, for these codes.
pub(super) fn response(status: u16, codes: &[&Code]) -> ResponseBuilder {
    let name = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let list: Vec<_> = codes.iter().map(|code| format!("`{}`: {}", code.name, code.says)).collect();
    let says = format!("{}. {}", name.unwrap_or("Problem"), list.join(" "));
    let mut response = ResponseBuilder::new().description(says);
    let mut header = |name: &str, says: &str, of: Value| {
        let header = HeaderBuilder::new().description(Some(says)).schema(Some(schema(of))).build();
        response = std::mem::take(&mut response).header(name, header);
    };
    match status {
        401 => header("WWW-Authenticate", "`Bearer`.", json!({ "type": "string" })),
        429 | 503 => {
            let says = "Seconds after which to try again, where that can be said.";
            header("Retry-After", says, json!({ "type": "integer", "minimum": 1 }));
        }
        _ => {}
    }
    response
}

/// In which forms problems come on a path.
pub(super) fn media(dialect: Dialect, page: bool, codes: &[&Code]) -> Vec<Media> {
    let with = |media: Media, form: &str| {
        codes.iter().fold(media, |media, code| media.shared(format!("{}{form}", code.name)))
    };
    match dialect {
        Dialect::OpenInference => vec![with(media::json("ErrorMessage"), ERROR)],
        Dialect::TorchServe => vec![with(media::json("TorchServeError"), TORCHSERVE)],
        Dialect::Own => {
            let details = with(media::of("application/problem+json", "Problem"), "");
            let words = media::inline("text/plain", json!({ "type": "string" }));
            let page = page.then(media::html);
            [details, words].into_iter().chain(page).collect()
        }
    }
}

/// What is behind the name of a code in the name of its example, by the form that it comes in.
const ERROR: &str = "_error";
const TORCHSERVE: &str = "_torchserve";

/// An example of every code, in the words of each protocol.
pub(super) fn examples() -> impl Iterator<Item = (String, Value)> {
    CODES.iter().flat_map(|code| {
        let Code { name, status, says } = code;
        let title = name.replace('_', " ");
        let forms = [
            (
                "",
                json!({
                    "type": "about:blank", "code": name, "status": status, "title": title,
                    "detail": says,
                }),
            ),
            (ERROR, json!({ "error": says })),
            (TORCHSERVE, json!({ "code": status, "type": name, "message": says })),
        ];
        forms.map(|(form, value)| (format!("{name}{form}"), value))
    })
}

/// The schema of a problem, with the list of codes.
pub(super) fn problem() -> RefOr<Schema> {
    let names: Vec<_> = CODES.iter().map(|code| code.name).collect();
    schema(json!({
        "type": "object",
        "description": "A failed request, by RFC 9457 (problem details).",
        "required": ["code", "status", "title", "detail"],
        "properties": {
            "type": {
                "type": "string",
                "description": "Always `about:blank`; left out inside of a list of answers.",
            },
            "code": {
                "type": "string", "enum": names,
                "description": "Stable name of the fault, for programs.",
            },
            "status": {
                "type": "integer", "minimum": 400, "maximum": 599, "description": "HTTP status.",
            },
            "title": { "type": "string", "description": "The fault in a few words." },
            "detail": {
                "type": "string", "description": "What happened and what to do about it.",
            },
            "retry_after": {
                "type": "integer", "minimum": 1,
                "description": "After how many seconds it is worth trying again.",
            },
        },
    }))
}

/// The schema of an error of the Open Inference Protocol and KServe's.
pub(super) fn error_message() -> RefOr<Schema> {
    schema(json!({
        "type": "object",
        "description": "A failed request, as the Open Inference Protocol has it.",
        "required": ["error"],
        "properties": { "error": { "type": "string", "description": "What happened." } },
    }))
}

/// The schema of an error of TorchServe.
pub(super) fn torchserve_error() -> RefOr<Schema> {
    let names: Vec<_> = CODES.iter().map(|code| code.name).collect();
    schema(json!({
        "type": "object",
        "description": "A failed request, as TorchServe has it.",
        "required": ["code", "type", "message"],
        "properties": {
            "code": { "type": "integer", "description": "HTTP status." },
            "type": { "type": "string", "enum": names, "description": "Name of the fault." },
            "message": { "type": "string", "description": "What happened." },
        },
    }))
}
