//! What a caller can wish for, as JSON schemas.

use serde_json::{Value, json};

/// Of several addresses the last one counts. A form sends an empty one with a file.
pub(super) fn url() -> Value {
    let one = json!({ "type": "string", "format": "uri-reference", "pattern": "^(https?://.+)?$" });
    json!({ "anyOf": [one.clone(), { "type": "array", "items": one }] })
}

pub(super) fn example_name() -> Value {
    json!({ "type": "string", "format": "file" })
}

pub(super) fn top_k() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX })
}

pub(super) fn crop() -> Value {
    json!({ "type": "string", "enum": ["true", "false", "1", "0", "on", "off"] })
}

pub(super) fn form() -> Value {
    let one = |name: &str| json!({ "required": [name] });
    let some = ["url", "example", "top_k", "crop"].map(one);
    let none = json!({ "maxProperties": 0 });
    let any: Vec<_> = some.into_iter().chain([none]).collect();
    json!({ "type": "object", "properties": fields(), "anyOf": any })
}

pub(super) fn multipart() -> Value {
    let mut fields = fields();
    let says =
        "The picture; several of them for several answers. Any part with a file name is one.";
    fields["image"] = json!({
        "type": "array", "description": says, "items": { "type": "string", "format": "binary" },
    });
    json!({ "type": "object", "properties": fields })
}

fn fields() -> Value {
    json!({ "url": url(), "example": example_name(), "top_k": top_k(), "crop": crop() })
}
