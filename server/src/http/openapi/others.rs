//! The operations of KServe's protocol v1 and of TorchServe.

use serde_json::json;
use utoipa::openapi::{HttpMethod, path::PathsBuilder};

use super::{
    examples, media,
    operation::Op,
    problems::{BODY, INPUT, MODEL, PICTURE, RUN},
    v2,
};

const V1: &str = "KServe v1";
const TORCHSERVE: &str = "TorchServe";

/// Adds them to a document's paths.
pub(super) fn put(paths: PathsBuilder) -> PathsBuilder {
    let all = [
        alive(),
        list(),
        status("/v1/models/{model}", "v1_model"),
        predict("/v1/models/{model}:predict", "v1_predict"),
        status("/v1/models/{model}/versions/{version}", "v1_version"),
        predict("/v1/models/{model}/versions/{version}:predict", "v1_version_predict"),
        ping(),
        prediction(HttpMethod::Post, "/predictions/{model}", "torchserve"),
        prediction(HttpMethod::Put, "/predictions/{model}", "torchserve_put"),
        prediction(HttpMethod::Post, "/predictions/{model}/{version}", "torchserve_version"),
        prediction(HttpMethod::Put, "/predictions/{model}/{version}", "torchserve_version_put"),
    ];
    all.into_iter().fold(paths, |paths, op| op.put(paths))
}

fn alive() -> Op {
    let form = json!({ "type": "object", "properties": { "status": { "const": "alive" } } });
    let answer =
        media::inline("application/json", form).example("alive", "", json!({ "status": "alive" }));
    Op::get("/v1", (V1, "v1"), "Whether the process lives", "")
        .answer(200, "It does.", &[], &[answer])
        .guarded()
        .curl("curl localhost:2017/v1")
}

fn list() -> Op {
    let first = [("model", "$response.body#/models/0")];
    Op::get("/v1/models", (V1, "v1_models"), "The names of all models", "")
        .leads("v1_model", &first)
        .leads("v1_predict", &first)
        .answer(200, "The names.", &[], &[v2::names()])
        .guarded()
        .curl("curl localhost:2017/v1/models")
}

fn status(path: &'static str, id: &'static str) -> Op {
    let form = json!({
        "type": "object",
        "required": ["name", "ready", "model_version_status"],
        "properties": {
            "name": { "type": "string" },
            "ready": { "const": true },
            "model_version_status": { "type": "array", "items": { "type": "object" } },
        },
    });
    let answer = media::inline("application/json", form).example("ready", "", examples::v1_ready());
    Op::get(
        path,
        (V1, id),
        "Whether a model is ready",
        "In KServe's and TensorFlow Serving's words.",
    )
    .answer(200, "It is ready.", &[], &[answer])
    .guarded()
    .problems(&["version_unknown"])
    .problems(&MODEL)
    .curl("curl localhost:2017/v1/models/flags")
}

fn predict(path: &'static str, id: &'static str) -> Op {
    let form = json!({
        "type": "object",
        "required": ["predictions"],
        "properties": { "predictions": {
            "type": "array", "items": { "$ref": "#/components/schemas/V1Prediction" },
        } },
    });
    let answer = media::inline("application/json", form).example(
        "predictions",
        "",
        examples::v1_predictions(),
    );
    let picture = json!({ "instances": [{ "b64": examples::PIXEL }] });
    Op::post(
        path,
        (V1, id),
        "Predict",
        "An instance is a picture as `{\"b64\": …}`, perhaps inside of `image_bytes`, `image`, \
         `data` or `input`, or a prepared tensor as nested arrays, `[3, H, W]` or `[H, W, 3]`. The \
         kind of a body is not looked at.",
    )
    .body("The instances.", true, &[media::json("V1Request").example("picture", "", picture)])
    .answer(200, "A prediction for each instance, in order.", &[], &[answer])
    .guarded()
    .problems(&BODY)
    .problems(&MODEL)
    .problems(&PICTURE[..5])
    .problems(&RUN)
    .problems(&["inference_request_invalid", "too_many_pictures", "version_unknown"])
    .problems(&["call_unknown", "picture_missing"])
    .curl(
        "printf '{\"instances\": [{\"b64\": \"%s\"}]}' \"$(base64 -w0 flag.jpg)\" |\n  \
         curl -d @- localhost:2017/v1/models/flags:predict",
    )
}

fn ping() -> Op {
    let form = json!({
        "type": "object",
        "required": ["status"],
        "properties": { "status": { "type": "string", "enum": ["Healthy", "Unhealthy"] } },
    });
    let answer = |word: &str| {
        [media::inline("application/json", form.clone()).example(
            "status",
            "",
            json!({ "status": word }),
        )]
    };
    Op::get("/ping", (TORCHSERVE, "ping"), "Whether a picture sent now would be classified", "")
        .answer(200, "It would.", &[], &answer("Healthy"))
        .answer(503, "It would not.", &[], &answer("Unhealthy"))
        .keyless()
        .curl("curl localhost:2017/ping")
}

fn prediction(method: HttpMethod, path: &'static str, id: &'static str) -> Op {
    let form = json!({ "type": "object", "additionalProperties": { "type": "number" } });
    let answer = media::inline("application/json", form).example(
        "labels",
        "",
        json!({ "Brazil (BR)": 0.98, "Gabon (GA)": 0.007 }),
    );
    let multipart = json!({
        "type": "object",
        "required": ["data"],
        "properties": { "data": { "type": "string", "format": "binary" } },
    });
    let mut bodies = vec![media::inline("multipart/form-data", multipart)];
    let kinds = ["application/octet-stream", "image/jpeg", "image/png", "image/webp"];
    bodies.extend(kinds.map(media::bytes));
    let says = "Labels with their probabilities, best first.";
    Op::new(method, path, (TORCHSERVE, id), "Classify a picture", says)
        .query(
            "top_k",
            "How many classes to name.",
            json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
            json!(2),
        )
        .body("The picture.", true, &bodies)
        .answer(200, "The labels.", &[("vitrine-model", "The model that answered.")], &[answer])
        .guarded()
        .problems(&BODY)
        .problems(&INPUT)
        .problems(&PICTURE)
        .problems(&MODEL)
        .problems(&RUN)
        .problems(&["version_unknown"])
        .curl("curl -T flag.jpg localhost:2017/predictions/flags")
}
