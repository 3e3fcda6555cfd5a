//! Whatever comes, there is an answer that the protocol's clients can read.

use http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::infer;

fn refused(reply: &crate::Reply) -> String {
    assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{}", reply.text());
    reply.error()
}

fn asked(request: &Value) -> String {
    refused(&infer(&[], request.to_string()))
}

fn with_input(input: Value) -> String {
    asked(&json!({ "inputs": [input] }))
}

#[test]
fn requests_that_lack_something_say_what() {
    let tensor = json!({ "name": "input", "shape": [1, 3, 32, 32], "datatype": "FP32" });
    let changed = |name: &str, value: Value| {
        let mut input = tensor.clone();
        input[name] = value;
        input["data"] = input.get("data").cloned().unwrap_or_else(|| json!([0]));
        with_input(input)
    };
    for (found, words) in [
        (refused(&infer(&[], "")), "empty"),
        (refused(&infer(&[], "{")), "JSON"),
        (refused(&infer(&[], "[".repeat(3000))), "JSON"),
        (asked(&json!({})), "inputs"),
        (asked(&json!({ "inputs": [] })), "0 inputs"),
        (with_input(tensor.clone()), "neither data nor binary_data_size"),
        (changed("datatype", json!("FP64")), "FP64"),
        (changed("datatype", json!("FP16")), "only as binary"),
        (changed("shape", json!([-1, 3, 32, 32])), "impossible"),
        (changed("shape", json!([u32::MAX, u32::MAX, u32::MAX, 3])), "impossible"),
        (changed("shape", json!([])), "impossible"),
        (changed("shape", json!([1, 3, 31, 32])), "[n, 3, 32, 32]"),
        (changed("shape", json!([0, 3, 32, 32])), "picture"),
        (changed("name", json!("other")), "\"input\""),
        (changed("data", json!([1, 2, 3])), "3 elements"),
        (changed("data", json!(["a", 1])), "mixes"),
        (changed("data", json!([[[[true]]]])), "boolean"),
        (changed("parameters", json!({ "shared_memory_region": "r" })), "Shared memory"),
        (changed("parameters", json!({ "binary_data_size": 4 })), "both"),
        (asked(&json!({ "inputs": [tensor, tensor] })), "neither"),
        (asked(&json!({ "inputs": [], "outputs": [{ "name": "other" }] })), "\"logits\""),
        (
            asked(
                &json!({ "inputs": [], "outputs": [{ "name": "logits" }, { "name": "logits" }] }),
            ),
            "twice",
        ),
        (asked(&json!({ "inputs": [], "parameters": { "timeout": -1 } })), "timeout"),
    ] {
        let known = found.contains(words) || (words == "timeout" && found.contains("-1"));
        assert!(known, "{words}: {found}");
    }
}

#[test]
fn a_header_length_that_cannot_be_is_refused() {
    for length in ["-1", "99", "one", "", "18446744073709551616", "1e1"] {
        let found = refused(&infer(&[("inference-header-content-length", length)], "{}"));
        assert!(found.contains("from 0 to 2"), "{length}: {found}");
    }
    let short = infer(&[("inference-header-content-length", "1")], "{}");
    assert!(refused(&short).contains("JSON"));
}

#[test]
fn binary_data_must_be_as_long_as_it_is_said() {
    let sized = |size: usize, follows: &[u8]| {
        let head = json!({ "inputs": [{
            "name": "input", "shape": [1], "datatype": "BYTES", "parameters": { "binary_data_size": size },
        }] })
        .to_string();
        let length = head.len().to_string();
        let body = [head.as_bytes(), follows].concat();
        refused(&infer(&[("inference-header-content-length", &length)], body))
    };
    assert!(sized(4, b"").contains("only 0 bytes follow"));
    assert!(sized(usize::MAX, b"abc").contains("only 3 bytes follow"));
    assert!(sized(4, b"\0\0\0\0more").contains("4 bytes are left over"));
    assert!(sized(4, b"\xff\xff\xff\xff").contains("length"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Protects against panics and against answers that no client can read.
    #[test]
    fn random_bodies_are_answered(
        body in prop::collection::vec(any::<u8>(), 0..300),
        length in prop::option::of(-2_i64..310),
    ) {
        let length = length.map(|length| length.to_string());
        let headers: Vec<_> =
            length.iter().map(|length| ("inference-header-content-length", length.as_str())).collect();
        let reply = infer(&headers, body);
        prop_assert!(reply.status.is_client_error(), "{}", reply.status);
        reply.error();
    }

    /// The same, with JSON that is nearly right.
    #[test]
    fn nearly_right_requests_are_answered(
        shape in prop::collection::vec(-2_i64..5, 0..6),
        datatype in prop::sample::select(vec!["FP32", "FP16", "BF16", "UINT8", "BYTES", "BOOL", ""]),
        data in prop::option::of(prop::collection::vec(-2_i64..300, 0..5)),
        size in prop::option::of(0_usize..50),
        tail in prop::collection::vec(any::<u8>(), 0..50),
        classes in prop::option::of(0_u64..20),
    ) {
        let mut input = json!({ "name": "input", "shape": shape, "datatype": datatype });
        if let Some(data) = data {
            input["data"] = json!(data);
        }
        if let Some(size) = size {
            input["parameters"] = json!({ "binary_data_size": size });
        }
        let outputs = json!([{ "name": "logits", "parameters": { "classification": classes } }]);
        let head = json!({ "inputs": [input], "outputs": outputs }).to_string();
        let length = head.len().to_string();
        let body = [head.as_bytes(), &tail].concat();
        let reply = infer(&[("inference-header-content-length", &length)], body);
        prop_assert!(reply.status.is_client_error(), "{}: {}", reply.status, reply.text());
        reply.error();
    }
}
