//! The schemas of what the other protocols take, written by hand: which tensors fit together is more
//! than a type can say.

use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};

use super::operation::schema;
use crate::oip::{IMAGE, INPUT, LOGITS, PROBABILITIES};

/// All of them, by name.
pub(super) fn schemas() -> impl Iterator<Item = (String, RefOr<Schema>)> {
    let all = [
        ("V1Request", v1_request()),
        ("V1Instance", v1_instance()),
        ("V2Request", v2_request()),
        ("V2Pictures", v2_pictures()),
        ("V2Tensor", v2_tensor()),
        ("V2Wishes", v2_wishes()),
        ("V2Probabilities", v2_output(PROBABILITIES)),
        ("V2Logits", v2_output(LOGITS)),
    ];
    all.into_iter().map(|(name, form)| (name.to_owned(), schema(form)))
}

fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn base64() -> Value {
    json!({ "type": "string", "format": "byte", "description": "A picture in base64." })
}

/// Numbers nested so many times.
fn nested(depth: usize) -> Value {
    let number = json!({ "type": "number" });
    (0..depth).fold(number, |items, _| json!({ "type": "array", "minItems": 1, "items": items }))
}

fn v1_request() -> Value {
    json!({
        "type": "object",
        "required": ["instances"],
        "properties": { "instances": {
            "type": "array", "minItems": 1, "items": named("V1Instance"),
            "description": "What is to be classified.",
        } },
    })
}

fn v1_instance() -> Value {
    let wrapped = json!({
        "type": "object", "required": ["b64"], "properties": { "b64": base64() },
    });
    let mut tensor = nested(3);
    tensor["description"] =
        json!("A prepared tensor, `[3, H, W]` or `[H, W, 3]`, of the size that the model takes.");
    let around = |name: &str| {
        let inside = json!({ "anyOf": [base64(), wrapped.clone(), tensor.clone()] });
        json!({ "type": "object", "required": [name], "properties": { name: inside } })
    };
    json!({
        "description": "A picture or a prepared tensor, perhaps inside of an object.",
        "anyOf": [
            base64(), wrapped, tensor, around("image_bytes"), around("image"), around("data"),
            around("input"), around("inputs"),
        ],
    })
}

fn v2_request() -> Value {
    let outputs = |names: &[&str]| {
        let items: Vec<_> = names.iter().map(|name| named(name)).collect();
        let count = items.len();
        json!({
            "type": "array", "prefixItems": items, "items": false,
            "minItems": count, "maxItems": count,
        })
    };
    json!({
        "type": "object",
        "required": ["inputs"],
        "properties": {
            "id": { "type": ["string", "null"], "description": "Comes back with the answer." },
            "parameters": { "anyOf": [named("V2Wishes"), { "type": "null" }] },
            "inputs": {
                "type": "array", "minItems": 1, "maxItems": 1,
                "items": { "oneOf": [named("V2Pictures"), named("V2Tensor")] },
                "description": "The one input.",
            },
            "outputs": {
                "description": "The outputs that are wanted; the probabilities if none is named.",
                "anyOf": [
                    outputs(&["V2Probabilities"]),
                    outputs(&["V2Logits"]),
                    outputs(&["V2Probabilities", "V2Logits"]),
                    outputs(&["V2Logits", "V2Probabilities"]),
                    { "type": "null" },
                ],
            },
        },
    })
}

fn v2_pictures() -> Value {
    json!({
        "type": "object",
        "description": "Encoded pictures.",
        "required": ["name", "shape", "datatype", "data"],
        "properties": {
            "name": { "enum": [INPUT, IMAGE] },
            "shape": {
                "type": "array", "minItems": 1, "maxItems": 2,
                "prefixItems": [{ "type": "integer", "minimum": 1 }, { "const": 1 }],
                "description": "How many there are.",
            },
            "datatype": { "const": "BYTES" },
            "data": { "type": "array", "items": base64(), "minItems": 1 },
        },
    })
}

fn v2_tensor() -> Value {
    json!({
        "type": "object",
        "description": "Prepared pictures (`FP32`), or the pixels of what the network is to see \
            (`UINT8`). Half precision comes as binary data alone, for which `parameters` have \
            `binary_data_size` in the place of `data`.",
        "required": ["name", "shape", "datatype", "data"],
        "properties": {
            "name": { "const": INPUT },
            "shape": {
                "type": "array", "items": { "type": "integer", "minimum": 1 },
                "minItems": 4, "maxItems": 4,
                "description": "`[n, 3, H, W]`, of the size that the model takes.",
            },
            "datatype": { "enum": ["FP32", "UINT8"] },
            "data": {
                "type": "array", "minItems": 1, "items": { "type": ["number", "array"] },
                "description": "Row by row, or nested as `shape` says.",
            },
        },
    })
}

fn v2_wishes() -> Value {
    json!({
        "type": "object",
        "description": "Wishes for the whole request.",
        "properties": {
            "priority": {
                "type": ["integer", "null"], "minimum": 0, "maximum": u32::MAX,
                "description": "1 is first, 3 is last, any other is as usual.",
            },
            "timeout": {
                "type": ["integer", "null"], "minimum": 0, "maximum": u32::MAX,
                "description": "Microseconds after which nobody waits for the answer; 0 for never.",
            },
            "binary_data_output": {
                "type": ["boolean", "null"], "description": "Whether outputs come as binary data.",
            },
        },
    })
}

fn v2_output(name: &str) -> Value {
    json!({
        "type": "object",
        "description": "An output that is wanted.",
        "required": ["name"],
        "properties": {
            "name": { "const": name },
            "parameters": {
                "type": ["object", "null"],
                "properties": {
                    "classification": {
                        "type": ["integer", "null"], "minimum": 0, "maximum": u32::MAX,
                        "description": "How many classes to name, in words; 0 for numbers.",
                    },
                    "binary_data": {
                        "type": ["boolean", "null"], "description": "Whether it comes as binary data.",
                    },
                },
            },
        },
    })
}
