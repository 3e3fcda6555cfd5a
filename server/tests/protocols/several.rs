//! Several pictures at our own address.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{png, post};

fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let head = format!(
            "--X\r\nContent-Disposition: form-data; name=\"image\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--X--\r\n");
    body
}

const MULTIPART: (&str, &str) = ("content-type", "multipart/form-data; boundary=X");

#[test]
fn each_picture_has_its_own_answer_in_order() {
    let png = png();
    let body = form(&[("a.png", &png), ("b.txt", b"no picture"), ("c.png", &png)]);
    let reply = post("/small", &[MULTIPART, ("accept", "application/json")], body.clone());
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("vitrine-model"), "small");
    let json = reply.json();
    let answers = json["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 3);
    for (place, answer) in answers.iter().enumerate() {
        assert_eq!(answer["index"], place);
    }
    assert_eq!(answers[1]["error"]["code"], "picture_format_unsupported");
    assert_eq!(answers[0]["ok"]["source"]["name"], "a.png");
    // Whether the two were in one batch shows in the last digits.
    let classes = |answer: &serde_json::Value| -> Vec<_> {
        let predictions = answer["ok"]["predictions"].as_array().unwrap().iter();
        predictions.map(|one| one["index"].clone()).collect()
    };
    assert_eq!(classes(&answers[0]), classes(&answers[2]));

    let words = post("/small", &[MULTIPART], body).text();
    let lines: Vec<_> = words.lines().collect();
    assert!(lines[0].starts_with("class ") && lines[1].contains("text"), "{words}");
    assert_eq!(lines[0], lines[2]);
}

#[test]
fn instances_are_pictures_too() {
    let image = STANDARD.encode(png());
    let instances = json!([
        { "image": image },
        { "example": "example.png" },
        { "image": "?" },
        { "url": "http://127.0.0.1/" },
        {},
    ]);
    let body = json!({ "instances": instances, "top_k": 2 }).to_string();
    let headers = [("content-type", "application/json"), ("accept", "application/json")];
    let json = post("/small", &headers, body).json();
    let codes: Vec<_> = json["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["error"]["code"].as_str().unwrap_or("ok"))
        .collect();
    assert_eq!(codes, ["ok", "ok", "base64_invalid", "fetch_off", "instance_invalid"]);
    assert_eq!(json["answers"][0]["ok"]["predictions"].as_array().unwrap().len(), 2);
}

#[test]
fn lines_come_one_for_each_picture() {
    let png = png();
    let accept = ("accept", "application/x-ndjson");
    let reply = post("/small", &[MULTIPART, accept], form(&[("a", &png), ("b", b"?")]));
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let text = reply.text();
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|line| line["index"].as_u64());
    assert!(lines.len() == 2 && lines[0]["ok"].is_object() && lines[1]["error"].is_object());
    let alone = post("/small", &[accept], png).text();
    assert_eq!(alone.lines().count(), 1);
}

#[test]
fn too_many_are_refused_together() {
    let png = png();
    let parts: Vec<_> = (0..9).map(|_| ("a", &png[..])).collect();
    let reply = post("/small", &[MULTIPART, ("accept", "application/json")], form(&parts));
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(reply.json()["code"], "too_many_pictures");
}

#[test]
fn a_stand_in_answers_for_all_and_is_named() {
    let png = png();
    let reply = post("/absent", &[MULTIPART], form(&[("a", &png), ("b", &png)]));
    assert_eq!(reply.header("vitrine-model"), "small");
    assert_eq!(reply.header("vitrine-fallback-for"), "absent");
}
