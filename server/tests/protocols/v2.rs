//! Requests to infer, in all their forms, and what is wrong with others.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{QUEUE, Reply, bytes, get, infer, numbers, png, post};

fn input(n: usize, extra: Value) -> Value {
    let mut input = json!({ "name": "input", "shape": [n, 3, 32, 32], "datatype": "FP32" });
    input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    input
}

fn binary(head: &Value, tensor: &[u8]) -> Reply {
    let head = head.to_string();
    let length = head.len().to_string();
    let body = [head.as_bytes(), tensor].concat();
    infer(&[("inference-header-content-length", &length)], body)
}

fn probabilities(reply: &Reply) -> Vec<f32> {
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let length = reply.header("inference-header-content-length");
    if length.is_empty() {
        let data = reply.json()["outputs"][0]["data"].clone();
        return serde_json::from_value(data).unwrap();
    }
    assert_eq!(reply.header("content-type"), "application/octet-stream");
    let (head, tensor) = reply.body.split_at(length.parse().unwrap());
    let head: Value = serde_json::from_slice(head).unwrap();
    assert_eq!(head["outputs"][0]["parameters"]["binary_data_size"], tensor.len());
    assert!(head["outputs"][0].get("data").is_none());
    tensor.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect()
}

#[test]
fn json_and_binary_data_mix_in_any_way() {
    let tensor = numbers(2);
    let sizes = json!({ "parameters": { "binary_data_size": tensor.len() * 4 } });
    let ins = [input(2, json!({ "data": tensor })), input(2, sizes)];
    let mut answers = Vec::new();
    for (place, input) in ins.iter().enumerate() {
        for wish in [
            json!({}),
            json!({ "parameters": { "binary_data_output": true } }),
            json!({ "outputs": [{ "name": "probabilities", "parameters": { "binary_data": true } }] }),
            json!({
                "outputs": [{ "name": "probabilities", "parameters": { "binary_data": false } }],
                "parameters": { "binary_data_output": true },
            }),
        ] {
            let mut head = json!({ "inputs": [input] });
            head.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
            let reply = match place {
                0 => infer(&[], head.to_string()),
                _ => binary(&head, &bytes(&tensor)),
            };
            answers.push(probabilities(&reply));
        }
    }
    assert_eq!(answers[0].len(), 14);
    for answer in &answers {
        let close = answer.iter().zip(&answers[0]).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(close, "{answer:?}");
        assert!((answer[..7].iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn a_body_may_be_one_tensor_or_one_picture() {
    let raw = [("Inference-Header-Content-Length", "0")];
    assert_eq!(probabilities(&infer(&raw, bytes(&numbers(1)))).len(), 7);
    assert_eq!(probabilities(&infer(&raw, png())).len(), 7);
    assert!(infer(&raw, "neither").error().contains("[1, 3, 32, 32]"));
    assert!(infer(&raw, "").error().contains("empty"));
}

#[test]
fn a_picture_is_answered_as_it_is_at_its_own_address() {
    let own = post("/small", &[("accept", "application/json")], png()).json();
    let best = own["predictions"][0].clone();
    let mut element = (png().len() as u32).to_le_bytes().to_vec();
    element.extend(png());
    for name in ["input", "image"] {
        let input = json!({
            "name": name, "shape": [1], "datatype": "BYTES",
            "parameters": { "binary_data_size": element.len() },
        });
        let found = probabilities(&binary(&json!({ "inputs": [input] }), &element));
        let index = best["index"].as_u64().unwrap() as usize;
        assert!((f64::from(found[index]) - best["probability"].as_f64().unwrap()).abs() < 1e-5);
    }
}

#[test]
fn every_protocol_says_where_the_time_went() {
    let base64 = STANDARD.encode(png());
    let json = [("content-type", "application/json")];
    for reply in [
        infer(&[("inference-header-content-length", "0")], png()),
        post(
            "/v1/models/small:predict",
            &[],
            json!({ "instances": [{ "b64": base64 }] }).to_string(),
        ),
        post("/predictions/small", &[], png()),
        post("/small", &json, json!({ "inputs": base64 }).to_string()),
        post("/small", &json, json!({ "instances": [{ "image": base64 }] }).to_string()),
        post("/small/explain", &[], png()),
    ] {
        let timing = reply.header("server-timing");
        for stage in ["fetch", "decode", "queue", "infer", "total"] {
            assert!(timing.contains(&format!("{stage};dur=")), "{timing}");
        }
        assert!(!timing.contains("infer;dur=0.000"), "{timing}");
    }
}

#[test]
fn no_pictures_at_all_are_refused_in_words_of_the_protocol() {
    let reply = binary(
        &json!({ "inputs": [input(0, json!({ "parameters": { "binary_data_size": 0 } }))] }),
        &[],
    );
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(reply.error().contains("no pictures"), "{}", reply.text());
}

#[test]
fn outputs_come_in_the_order_that_was_asked() {
    let outputs = json!([{ "name": "logits" }, { "name": "probabilities" }]);
    let request =
        json!({ "inputs": [input(1, json!({ "data": numbers(1) }))], "outputs": outputs });
    let answer = infer(&[], request.to_string()).json();
    let names: Vec<_> = answer["outputs"].as_array().unwrap().iter().map(|o| &o["name"]).collect();
    assert_eq!(names, ["logits", "probabilities"]);
    assert!(answer.get("id").is_none());
}

#[test]
fn the_content_type_does_not_matter() {
    let body = json!({ "inputs": [input(1, json!({ "data": numbers(1) }))] }).to_string();
    for kind in ["application/x-www-form-urlencoded", "text/plain", "application/octet-stream"] {
        assert_eq!(infer(&[("content-type", kind)], body.clone()).status, StatusCode::OK);
    }
}

#[test]
fn values_that_overflow_spoil_nobody_elses_answer() {
    let request = |value: f32| {
        let data = vec![value; 2 * 3 * 32 * 32];
        let mut data = data;
        data[3 * 32 * 32..].fill(0.1);
        json!({ "inputs": [input(2, json!({ "data": data }))] }).to_string()
    };
    let reply = infer(&[], request(f32::MAX));
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.error().contains("not finite"));
    assert_eq!(infer(&[], request(0.5)).status, StatusCode::OK);
}

#[test]
fn more_pictures_than_may_wait_are_refused_together() {
    let one = |n| json!({ "inputs": [input(n, json!({ "data": numbers(n) }))] }).to_string();
    assert_eq!(probabilities(&infer(&[], one(QUEUE))).len(), 7 * QUEUE);
    let reply = infer(&[], one(QUEUE + 1));
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(reply.error().contains("8 pictures at most"), "{}", reply.text());
}

#[test]
fn a_deadline_in_microseconds_is_kept() {
    let request = json!({
        "inputs": [input(1, json!({ "data": numbers(1) }))],
        "parameters": { "timeout": 1, "priority": 1 },
    });
    let reply = infer(&[], request.to_string());
    assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT);
    reply.error();
}

#[test]
fn what_is_not_there_is_not_found() {
    for path in ["/v2/models/nope", "/v2/models/small/versions/2", "/v2/nope", "/v2/trace/setting"]
    {
        let reply = get(path);
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        reply.error();
    }
    let reply = post("/v2/models/nope/infer", &[], "");
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert!(reply.error().contains("\"nope\""));
    // No other model stands in for one whose shapes and labels the caller relies on.
    let absent =
        post("/v2/models/absent/infer", &[("inference-header-content-length", "0")], png());
    assert_eq!(absent.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn another_method_is_told_which() {
    let reply = get("/v2/models/small/infer");
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.header("allow"), "POST");
    reply.error();
}
