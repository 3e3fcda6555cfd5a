//! KServe's protocol v1.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{get, numbers, png, post};

fn predict(instances: Value) -> crate::Reply {
    post("/v1/models/small:predict", &[], json!({ "instances": instances }).to_string())
}

#[test]
fn models_are_listed_and_ready_or_not() {
    assert_eq!(get("/v1/models").json(), json!({ "models": ["absent", "small"] }));
    let ready = get("/v1/models/small").json();
    assert_eq!((&ready["name"], &ready["ready"]), (&json!("small"), &json!(true)));
    assert_eq!(ready["model_version_status"][0]["state"], "AVAILABLE");
    assert_eq!(get("/v1/models/absent").status, StatusCode::SERVICE_UNAVAILABLE);
    let unknown = get("/v1/models/nope");
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    unknown.error();
    assert_eq!(get("/v1").json(), json!({ "status": "alive" }));
}

#[test]
fn pictures_and_tensors_are_answered_in_order() {
    let base64 = STANDARD.encode(png());
    let planes = numbers(1);
    let rows: Vec<_> = planes.chunks(32).collect();
    let nested: Vec<_> = rows.chunks(32).collect();
    let reply = predict(json!([
        { "b64": base64 },
        { "key": "1", "image_bytes": { "b64": base64 } },
        base64,
        nested,
        { "data": nested },
    ]));
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let predictions = reply.json()["predictions"].clone();
    let label = |place: usize| predictions[place]["label"].as_str().unwrap().to_owned();
    let own = post("/small", &[], png()).text();
    assert!([0, 1, 2].into_iter().all(|place| label(place) == own), "{predictions}");
    assert_eq!(label(3), label(4));
    assert_eq!(predictions[0]["probabilities"].as_array().unwrap().len(), 7);
    let versioned = "/v1/models/small/versions/1:predict";
    let body = json!({ "instances": [{ "b64": base64 }] }).to_string();
    assert_eq!(post(versioned, &[], body).status, StatusCode::OK);
}

#[test]
fn what_is_wrong_is_said() {
    for (instances, words) in [
        (json!([]), "picture"),
        (json!([{ "b64": "?" }]), "base64"),
        (json!([{ "other": 1 }]), "b64"),
        (json!([[1, 2]]), "[3, 32, 32]"),
        (json!([[[1, 2], [3]]]), "different length"),
        (json!(7), "instances"),
    ] {
        let reply = predict(instances);
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert!(reply.error().contains(words), "{words}: {}", reply.text());
    }
    assert_eq!(post("/v1/models/nope:predict", &[], "").status, StatusCode::NOT_FOUND);
    assert_eq!(post("/v1/models/small:explain", &[], "").status, StatusCode::NOT_FOUND);
    let read_only = post("/v1/models/small", &[], "");
    assert_eq!(
        (read_only.status, read_only.header("allow")),
        (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD")
    );
}
