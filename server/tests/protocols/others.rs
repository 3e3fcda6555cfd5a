//! Hugging Face's task and TorchServe's API.

use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::{common::alike::assert_alike, get, png, post, send};

const PYTHON: (&str, &str) = ("user-agent", "unknown/None; hf_hub/2.4.0; python/3.11.7");
const JSON: (&str, &str) = ("content-type", "application/json");

fn own() -> Value {
    post("/small", &[("accept", "application/json")], png()).json()["predictions"].clone()
}

#[test]
fn the_task_is_spoken_with_whoever_asks_for_it() {
    let inputs = STANDARD.encode(png());
    let body = json!({ "inputs": inputs, "parameters": { "top_k": 5 } }).to_string();
    let url = json!({ "inputs": format!("data:image/png;base64,{inputs}") }).to_string();
    for reply in [
        post("/small", &[PYTHON, ("content-type", "image/png")], png()),
        post("/small?task=image-classification", &[], png()),
        post("/small", &[JSON], body),
        post("/small", &[JSON], url),
    ] {
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        let found = reply.json();
        for (element, own) in found.as_array().unwrap().iter().zip(own().as_array().unwrap()) {
            assert_alike(element, &json!({ "label": own["label"], "score": own["probability"] }));
        }
        assert_eq!(found.as_array().unwrap().len(), 5);
    }
}

#[test]
fn who_asks_for_our_own_form_gets_it() {
    let reply = post("/small", &[PYTHON, ("accept", "application/json")], png());
    assert!(reply.json()["predictions"].is_array());
}

#[test]
fn scores_are_made_as_wished() {
    let ask = |function: &str| {
        let parameters = json!({ "function_to_apply": function, "top_k": 1 });
        let body = json!({ "inputs": STANDARD.encode(png()), "parameters": parameters });
        let reply = post("/small", &[JSON, PYTHON], body.to_string());
        reply.json()[0]["score"].clone()
    };
    let logit = ask("none").as_f64().unwrap();
    assert_alike(&ask("sigmoid"), &json!(1.0 / (1.0 + (-logit).exp())));
    assert_alike(&ask("softmax"), &own()[0]["probability"]);
    assert_eq!(ask("other"), Value::Null);
}

#[test]
fn the_task_has_errors_of_its_own() {
    let reply = post("/small", &[PYTHON], "no picture");
    assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    reply.error();
    let nothing = post("/small", &[PYTHON], "");
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}

#[test]
fn without_a_picture_the_task_is_done_on_an_example_and_a_header_says_so() {
    let reply = post("/small?task=image-classification", &[], "");
    assert_eq!((reply.status, reply.json().as_array().unwrap().len()), (StatusCode::OK, 5));
    assert!(reply.header("vitrine-note").contains("No picture was given"));
    let body = json!({ "instances": [{ "image": STANDARD.encode(png()) }] }).to_string();
    let several = post("/small?task=image-classification", &[JSON], body);
    assert!(several.text().starts_with("class "), "not the example: {}", several.text());
}

#[test]
fn torchserve_answers_labels_with_probabilities_best_first() {
    let put = Request::put("/predictions/small").body(Body::from(png())).unwrap();
    for reply in [
        post("/predictions/small", &[], png()),
        post("/predictions/small/1.0", &[], png()),
        send(put),
    ] {
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        let text = reply.text();
        let places: Vec<_> = own()
            .as_array()
            .unwrap()
            .iter()
            .map(|one| text.find(one["label"].as_str().unwrap()).unwrap())
            .collect();
        assert!(places.is_sorted(), "{text}");
        assert_eq!(reply.json().as_object().unwrap().len(), 5);
    }
    assert_eq!(get("/ping").text(), r#"{"status":"Healthy"}"#);
}

#[test]
fn torchserve_has_errors_of_its_own() {
    let reply = post("/predictions/nope", &[], png());
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    let error = reply.json();
    assert_eq!((&error["code"], &error["type"]), (&json!(404), &json!("model_unknown")));
    assert!(error["message"].as_str().unwrap().contains("nope"));
    assert_eq!(post("/predictions/small/2.0", &[], png()).status, StatusCode::NOT_FOUND);
    assert_eq!(post("/predictions/small", &[], "").status, StatusCode::BAD_REQUEST);
}

#[test]
fn pages_and_protocols_keep_out_of_each_others_way() {
    assert!(get("/small").text().contains("<html"));
    assert!(get("/v2").text().starts_with('{'));
    assert!(get("/ping").text().starts_with('{'));
    assert_eq!(post("/v2", &[], "").status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(post("/small", &[], png()).status, StatusCode::OK);
}
