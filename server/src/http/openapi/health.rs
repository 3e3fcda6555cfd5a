//! The operations for whoever keeps the server running, and the document itself.

use serde_json::json;
use utoipa::openapi::path::PathsBuilder;

use super::{examples, media, operation::Op};

const HEALTH: &str = "Health";
const REFERENCE: &str = "Reference";

/// Adds them to a document's paths.
pub(super) fn put(paths: PathsBuilder) -> PathsBuilder {
    let all = [live(), ready(), metrics(), document(), reference()];
    all.into_iter().fold(paths, |paths, op| op.put(paths))
}

fn live() -> Op {
    let text = |words: &str| [media::text(words)];
    Op::get(
        "/livez",
        (HEALTH, "live"),
        "Whether the process lives",
        "200 as long as starting the process anew would not help.",
    )
    .answer(200, "It lives.", &[], &text("live\n"))
    .answer(503, "It does not get anywhere any more.", &[], &text("the worker is gone\n"))
    .keyless()
    .curl("curl localhost:2017/livez")
}

fn ready() -> Op {
    let answer = || [media::json("Readiness").example("readiness", "", examples::readiness())];
    Op::get(
        "/readyz",
        (HEALTH, "ready"),
        "Whether a picture sent now would be classified",
        "And in any case how every model stands, and how many requests there were.",
    )
    .answer(200, "It would.", &[], &answer())
    .answer(503, "It would not.", &[], &answer())
    .keyless()
    .curl("curl localhost:2017/readyz")
}

fn metrics() -> Op {
    let answer = media::text("# TYPE vitrine_ready gauge\nvitrine_ready 1\n");
    Op::get(
        "/metrics",
        (HEALTH, "metrics"),
        "The meters",
        "In the text format of Prometheus, where the operator lets everybody see them.",
    )
    .answer(200, "The meters.", &[], &[answer])
    .guarded()
    .problems(&["metrics_off"])
    .curl("curl localhost:2017/metrics")
}

fn document() -> Op {
    Op::get("/openapi.json", (REFERENCE, "openapi"), "This document", "OpenAPI 3.1.")
        .answer(200, "It.", &[], &[media::inline("application/json", json!({ "type": "object" }))])
        .guarded()
        .curl("curl localhost:2017/openapi.json")
}

fn reference() -> Op {
    Op::get("/docs", (REFERENCE, "docs"), "This document as a page", "")
        .answer(200, "The page.", &[], &[media::html()])
        .guarded()
        .page()
        .curl("curl localhost:2017/docs")
}
