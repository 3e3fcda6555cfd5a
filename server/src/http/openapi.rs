//! What can be asked, and what is answered: the document in OpenAPI 3.1, and a page made of it.

mod components;
mod examples;
mod health;
mod media;
mod operation;
mod others;
mod own;
mod page;
mod problems;
mod tensors;
mod v2;

use std::sync::LazyLock;

use axum::{Router, routing::get};
use bytes::Bytes;
use http::{HeaderValue, header::CONTENT_TYPE};
use serde_json::Value;
use utoipa::openapi::{
    InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Server,
    security::SecurityRequirement, tag::TagBuilder,
};

use super::AppState;

/// What there is to know before the operations.
const DESCRIPTION: &str = "Image classifiers behind one address: a page to try each, and an API in \
    the words of several protocols.\n\n\
    Problems have the right status and a stable `code`. On our own paths they are \
    `application/problem+json` (RFC 9457) or, for who does not accept JSON, the same in words; on \
    the paths of other protocols they are in the words of those. What a path does not do by a \
    method is answered with 405 and `Allow`.\n\n\
    A server may ask for a key, as `Authorization: Bearer KEY` or as `X-Api-Key: KEY`, and may \
    limit how often one is asked. Every answer has an `x-request-id`, that of the request if it \
    had one, and a `Server-Timing`.\n\n\
    Not in this document: `/api/*`, which are the calls of the page and change with it, the \
    page's own files, gRPC, which is on a port of its own, and the operator's listener.";

/// The groups of operations.
const TAGS: [(&str, &str); 8] = [
    ("Classify", "A picture in, what it shows out."),
    ("Explain", "Which parts of a picture speak for an answer."),
    ("Pages", "For people."),
    ("Open Inference Protocol v2", "For the clients of Triton and KServe."),
    ("KServe v1", "For the callers of KServe and TensorFlow Serving."),
    ("TorchServe", "For the callers of TorchServe."),
    ("Health", "For whoever keeps the server running."),
    ("Reference", "This document."),
];

/// The document, which is the same as long as the program runs.
static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(document()).unwrap_or_default());

/// The document as it is sent.
static TEXT: LazyLock<Bytes> =
    LazyLock::new(|| serde_json::to_vec(&*DOCUMENT).unwrap_or_default().into());

/// `/openapi.json` and `/docs`.
pub(super) fn routes() -> Router<AppState> {
    let kind = HeaderValue::from_static("application/json");
    let json = || async move { ([(CONTENT_TYPE, kind)], TEXT.clone()) };
    Router::new().route("/openapi.json", get(json)).route("/docs", get(page::show))
}

fn document() -> OpenApi {
    let paths = [own::put, v2::put, others::put, health::put];
    let paths = paths.iter().fold(PathsBuilder::new(), |paths, put| put(paths));
    let info = InfoBuilder::new()
        .title("vitrine")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(
            LicenseBuilder::new()
                .name(env!("CARGO_PKG_LICENSE"))
                .identifier(Some(env!("CARGO_PKG_LICENSE")))
                .build(),
        ));
    let tags =
        TAGS.map(|(name, says)| TagBuilder::new().name(name).description(Some(says)).build());
    let scopes: [&str; 0] = [];
    let security = [
        SecurityRequirement::default(),
        SecurityRequirement::new("bearer", scopes),
        SecurityRequirement::new("key", scopes),
    ];
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new("/")]))
        .paths(paths.build())
        .components(Some(components::components()))
        .security(Some(security))
        .tags(Some(tags))
        .build()
}

#[cfg(test)]
mod tests;
