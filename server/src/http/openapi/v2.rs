//! The operations of the Open Inference Protocol v2.

use serde_json::json;
use utoipa::openapi::path::PathsBuilder;

use super::{
    examples,
    media::{self, Media},
    operation::Op,
    problems::{BODY, MODEL, PICTURE, RUN},
};

const V2: &str = "Open Inference Protocol v2";

/// Adds them to a document's paths.
pub(super) fn put(paths: PathsBuilder) -> PathsBuilder {
    let server = [
        server(),
        health("/v2/health/live", "v2_live", "Whether the process lives"),
        health("/v2/health/ready", "v2_ready", "Whether a picture sent now would be classified"),
        list(),
        all_statistics(),
        index(),
        control("/v2/repository/models/{model}/load", "v2_load"),
        control("/v2/repository/models/{model}/unload", "v2_unload"),
    ];
    let paths = server.into_iter().fold(paths, |paths, op| op.put(paths));
    let plain = [
        metadata("/v2/models/{model}", "v2_model"),
        ready("/v2/models/{model}/ready", "v2_model_ready"),
        config("/v2/models/{model}/config", "v2_config"),
        statistics("/v2/models/{model}/stats", "v2_statistics"),
        infer("/v2/models/{model}/infer", "v2_infer"),
    ];
    let versioned = [
        metadata("/v2/models/{model}/versions/{version}", "v2_version"),
        ready("/v2/models/{model}/versions/{version}/ready", "v2_version_ready"),
        config("/v2/models/{model}/versions/{version}/config", "v2_version_config"),
        statistics("/v2/models/{model}/versions/{version}/stats", "v2_version_statistics"),
        infer("/v2/models/{model}/versions/{version}/infer", "v2_version_infer"),
    ];
    plain.into_iter().chain(versioned).fold(paths, |paths, op| op.put(paths))
}

fn server() -> Op {
    Op::get("/v2", (V2, "v2"), "The server", "Its name, version and extensions.")
        .answer(
            200,
            "The server.",
            &[],
            &[media::json("ServerMetadata").example("server", "", examples::server())],
        )
        .guarded()
        .curl("curl localhost:2017/v2")
}

fn health(path: &'static str, id: &'static str, summary: &str) -> Op {
    let form = json!({
        "type": "object",
        "required": ["live", "ready"],
        "properties": { "live": { "type": "boolean" }, "ready": { "type": "boolean" } },
    });
    let answer = |well| {
        let value = json!({ "live": well, "ready": well });
        [media::inline("application/json", form.clone()).example("health", "", value)]
    };
    Op::get(path, (V2, id), summary, "")
        .answer(200, "It is so.", &[], &answer(true))
        .answer(503, "It is not.", &[], &answer(false))
        .keyless()
        .curl(&format!("curl localhost:2017{path}"))
}

/// The names of all models.
pub(super) fn names() -> Media {
    let form = json!({
        "type": "object",
        "required": ["models"],
        "properties": { "models": { "type": "array", "items": { "type": "string" } } },
    });
    media::inline("application/json", form).example(
        "models",
        "",
        json!({ "models": ["flags", "vgg"] }),
    )
}

fn list() -> Op {
    let first = [("model", "$response.body#/models/0")];
    Op::get("/v2/models", (V2, "v2_models"), "The names of all models", "")
        .leads("v2_model", &first)
        .leads("v2_infer", &first)
        .leads("classify", &first)
        .leads("explain_example", &first)
        .answer(200, "The names.", &[], &[names()])
        .guarded()
        .curl("curl localhost:2017/v2/models")
}

fn metadata(path: &'static str, id: &'static str) -> Op {
    let answer = media::json("ModelMetadata").example("model", "", examples::model());
    let version = [("model", "$response.body#/name"), ("version", "$response.body#/versions/0")];
    of_model(Op::get(path, (V2, id), "A model", "Its inputs and outputs."))
        .leads("v2_version_ready", &version)
        .leads("v2_version_config", &version)
        .leads("v2_version_infer", &version)
        .answer(200, "The model.", &[], &[answer])
        .curl("curl localhost:2017/v2/models/flags")
}

fn ready(path: &'static str, id: &'static str) -> Op {
    let form = json!({
        "type": "object",
        "required": ["name", "ready"],
        "properties": { "name": { "type": "string" }, "ready": { "const": true } },
    });
    let answer = media::inline("application/json", form).example(
        "ready",
        "",
        json!({ "name": "flags", "ready": true }),
    );
    of_model(Op::get(path, (V2, id), "Whether a model is ready", ""))
        .answer(200, "It is ready.", &[], &[answer])
        .problems(&MODEL)
        .curl("curl localhost:2017/v2/models/flags/ready")
}

fn config(path: &'static str, id: &'static str) -> Op {
    of_model(Op::get(path, (V2, id), "The configuration of a model", "As Triton would tell it."))
        .answer(200, "The configuration.", &[], &[media::json("ModelConfig")])
        .curl("curl localhost:2017/v2/models/flags/config")
}

fn statistics(path: &'static str, id: &'static str) -> Op {
    of_model(Op::get(path, (V2, id), "The statistics of a model", "Times are in nanoseconds."))
        .answer(200, "The statistics.", &[], &[media::json("Statistics")])
        .curl("curl localhost:2017/v2/models/flags/stats")
}

fn all_statistics() -> Op {
    Op::get("/v2/models/stats", (V2, "v2_all_statistics"), "The statistics of all models", "")
        .answer(200, "The statistics.", &[], &[media::json("Statistics")])
        .guarded()
        .curl("curl localhost:2017/v2/models/stats")
}

fn index() -> Op {
    let form = json!({ "type": "array", "items": { "$ref": "#/components/schemas/IndexEntry" } });
    let wish = media::json("IndexWish").example("ready", "", json!({ "ready": true }));
    let answer = media::inline("application/json", form).example("index", "", examples::index());
    Op::post("/v2/repository/index", (V2, "v2_index"), "The index of the models folder", "")
        .body("Which models are wanted. It may be left out.", false, &[wish])
        .leads("v2_model_ready", &[("model", "$response.body#/0/name")])
        .answer(200, "The index.", &[], &[answer])
        .guarded()
        .problems(&BODY)
        .problems(&["inference_request_invalid"])
        .curl("curl -X POST localhost:2017/v2/repository/index")
}

fn control(path: &'static str, id: &'static str) -> Op {
    let says = "Always refused here: this is for the operator's listener.";
    Op::post(path, (V2, id), "Load or unload a model", says)
        .guarded()
        .problems(&["control_refused", "queue_full"])
        .curl(&format!("curl -X POST localhost:2017{}", path.replace("{model}", "flags")))
}

fn infer(path: &'static str, id: &'static str) -> Op {
    let length = "Inference-Header-Content-Length";
    let json = media::json("V2Request").example(
        "picture",
        "An encoded picture, in base64.",
        examples::infer(),
    );
    let answers = [
        media::json("V2Answer").example("best", "The three best classes.", examples::inferred()),
        media::bytes("application/octet-stream"),
    ];
    of_model(Op::post(
        path,
        (V2, id),
        "Infer",
        "The input `input` is a prepared tensor (`FP32`, `FP16` or `BF16`, `[n, 3, H, W]`), the \
         pixels of what the network is to see (`UINT8`, `[n, 3, H, W]` or `[n, H, W, 3]`), or \
         pictures as encoded (`BYTES`, `[n]`, also called `image`). The outputs are \
         `probabilities` and, for who asks by name, `logits`, both `FP32`, `[n, classes]`.\n\n\
         Binary tensors follow the JSON, whose length the header says. With a length of 0 the body \
         is one tensor or one encoded picture, and nothing else. The kind of a body is not looked \
         at. It may be compressed with gzip or deflate.",
    ))
    .header(
        length,
        "Length of the JSON in the body; what follows it is binary data.",
        json!({ "type": "integer", "minimum": 0 }),
        json!(0),
    )
    .body("The tensors.", true, &[json, media::bytes("application/octet-stream")])
    .answer(
        200,
        "The outputs.",
        &[(length, "Length of the JSON, if binary data follows.")],
        &answers,
    )
    .problems(&BODY)
    .problems(&MODEL)
    .problems(&PICTURE[..5])
    .problems(&RUN)
    .problems(&["inference_request_invalid", "too_many_pictures"])
    .problems(&["encoding_broken", "base64_invalid"])
    .curl(
        "curl -H 'Inference-Header-Content-Length: 0' --data-binary @flag.jpg \\\n  \
         localhost:2017/v2/models/flags/infer -o answer.bin",
    )
}

fn of_model(op: Op) -> Op {
    op.guarded().problems(&["model_unknown", "version_unknown"])
}
