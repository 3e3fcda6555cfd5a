//! Examples that stand in the document.

use app::problem::Problem;
use serde_json::{Value, json};
use vision::decode::DecodeError;

use crate::service::faults;

/// The smallest PNG, in base64.
pub(super) const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

fn timing() -> Value {
    json!({
        "fetch_ms": 0.0, "decode_ms": 3.1, "queue_ms": 0.02, "inference_ms": 4.4, "total_ms": 7.6,
    })
}

/// An answer to one picture.
pub(super) fn classification() -> Value {
    json!({
        "model": "flags",
        "fallback_for": "vgg",
        "predictions": [{ "index": 116, "label": "Japan (JP)", "probability": 0.98 }],
        "source": {
            "kind": "upload", "format": "jpeg", "width": 640, "height": 480, "bytes": 48213,
        },
        "timing": timing(),
    })
}

fn refused() -> Problem {
    faults::decode(&DecodeError::Empty)
}

/// Answers to several pictures.
pub(super) fn outcomes() -> Value {
    json!({ "answers": [
        { "index": 0, "ok": classification() },
        { "index": 1, "error": refused() },
    ] })
}

/// The same as lines.
pub(super) fn lines() -> String {
    let answers =
        [json!({ "index": 1, "error": refused() }), json!({ "index": 0, "ok": classification() })];
    answers.iter().map(|answer| format!("{answer}\n")).collect()
}

/// Hugging Face's answer.
pub(super) fn task() -> Value {
    json!([{ "label": "Japan (JP)", "score": 0.98 }, { "label": "Palau (PW)", "score": 0.01 }])
}

/// The grid of an explanation.
pub(super) fn explanation() -> Value {
    json!({
        "model": "flags",
        "class": { "index": 116, "label": "Japan (JP)", "probability": 0.98 },
        "method": "grad-cam",
        "width": 2,
        "height": 2,
        "weights": [0.1, 1.0, 0.0, 0.4],
        "timing": timing(),
    })
}

/// How things stand.
pub(super) fn readiness() -> Value {
    json!({
        "ready": true,
        "worker": "ready",
        "models": {
            "flags": { "state": "ready" },
            "vgg": { "state": "absent", "hint": "vitrine pull vgg" },
        },
        "requests": {
            "accepted": 12, "rejected": 0, "ok": 12, "failed": 0, "expired": 0, "cancelled": 0,
            "queued": 0, "running": 0,
        },
    })
}

/// The server, in the Open Inference Protocol.
pub(super) fn server() -> Value {
    json!({ "name": "vitrine", "version": "0.1.0", "extensions": crate::oip::EXTENSIONS })
}

/// A model, in the Open Inference Protocol.
pub(super) fn model() -> Value {
    json!({
        "name": "flags",
        "versions": ["1"],
        "platform": crate::oip::metadata::PLATFORM,
        "inputs": [{ "name": "input", "datatype": "FP32", "shape": [-1, 3, 64, 64] }],
        "outputs": [{ "name": "probabilities", "datatype": "FP32", "shape": [-1, 249] }],
    })
}

/// The index of the models folder.
pub(super) fn index() -> Value {
    json!([
        { "name": "flags", "version": "1", "state": "READY", "reason": "" },
        { "name": "vgg", "version": "1", "state": "UNAVAILABLE", "reason": "unloaded" },
    ])
}

/// A request with a picture, in the Open Inference Protocol.
pub(super) fn infer() -> Value {
    json!({
        "inputs": [{ "name": "input", "shape": [1], "datatype": "BYTES", "data": [PIXEL] }],
        "outputs": [{ "name": "probabilities", "parameters": { "classification": 3 } }],
    })
}

/// The answer to it.
pub(super) fn inferred() -> Value {
    json!({
        "model_name": "flags",
        "model_version": "1",
        "outputs": [{
            "name": "probabilities", "datatype": "BYTES", "shape": [1, 3],
            "data": ["0.98:116:Japan (JP)", "0.01:180:Palau (PW)", "0.002:18:Bangladesh (BD)"],
        }],
    })
}

/// A model that is ready, in KServe's v1.
pub(super) fn v1_ready() -> Value {
    json!({
        "name": "flags",
        "ready": true,
        "model_version_status": [{
            "version": "1", "state": "AVAILABLE",
            "status": { "error_code": "OK", "error_message": "" },
        }],
    })
}

/// Predictions of KServe's v1.
pub(super) fn v1_predictions() -> Value {
    json!({ "predictions": [
        { "label": "Japan (JP)", "index": 1, "probabilities": [0.02, 0.98] },
    ] })
}
