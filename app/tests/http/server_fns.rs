use app::{
    problem::Problem,
    wire::{
        Classification, Event, HeatMap, ModelSummary, PageAnswer, ServerStatus, SourceKind, Stage,
    },
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde::de::DeserializeOwned;

use crate::{Reply, send};

/// Names and contents.
type Fields<'a> = &'a [(&'a str, &'a [u8])];

const BOUNDARY: &str = "frontier";

async fn form(path: &str, body: &str) -> Reply {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json");
    send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn get_json(path: &str) -> Reply {
    let request = Request::get(path).header(header::ACCEPT, "application/json");
    send(request.body(Body::empty()).unwrap()).await
}

/// Posts a multipart form; a field named `image` is a file.
async fn upload(fields: Fields<'_>) -> Reply {
    upload_raw(multipart(fields)).await
}

fn multipart(fields: Fields<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let file = if *name == "image" { "; filename=\"a.png\"" } else { "" };
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn upload_raw(body: Vec<u8>) -> Reply {
    upload_to("/api/classify", body, "application/json").await
}

async fn upload_to(path: &str, body: Vec<u8>, accept: &str) -> Reply {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header(header::ACCEPT, accept)
        .header(header::REFERER, "http://localhost/flags");
    send(request.body(Body::from(body)).unwrap()).await
}

/// The last line, which is what came of it.
fn outcome<T: DeserializeOwned>(reply: &Reply) -> T {
    let line = reply.text.lines().next_back().unwrap_or_default();
    match serde_json::from_str(line) {
        Ok(Event::Done(answer)) => answer,
        _ => panic!("no answer: {}", reply.text),
    }
}

fn answer(reply: &Reply) -> Classification {
    outcome::<PageAnswer>(reply).answer
}

fn problem(reply: &Reply) -> Problem {
    serde_json::from_str(&reply.text).unwrap()
}

#[tokio::test]
async fn models_are_listed_and_named() {
    let reply = form("/api/models", "").await;
    let models: Vec<ModelSummary> = serde_json::from_str(&reply.text).unwrap();
    assert_eq!(models.len(), 4);
    let reply = get_json("/api/model?name=vgg").await;
    let model: ModelSummary = serde_json::from_str(&reply.text).unwrap();
    assert_eq!(model.title, "VGG-16");
    let reply = get_json("/api/model?name=none").await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(problem(&reply).code, "model_unknown");
}

#[tokio::test]
async fn a_missing_argument_is_the_callers_fault() {
    let reply = get_json("/api/model?title=vgg").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(problem(&reply).code, "arguments_invalid");
    assert!(problem(&reply).detail.contains("name"), "{}", reply.text);
}

#[tokio::test]
async fn an_example_is_classified() {
    let reply = upload(&[("model", b"flags"), ("example", b"sweden.svg")]).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let answer = answer(&reply);
    assert_eq!(answer.predictions[0].label, "Sweden");
    assert!(answer.crop.is_some());
}

#[tokio::test]
async fn without_a_name_it_is_the_first_example() {
    let answer = answer(&upload(&[("model", b"flags"), ("example", b"")]).await);
    assert_eq!(answer.predictions[0].label, "Japan");
    assert!(answer.note.is_some());
}

#[tokio::test]
async fn a_problem_has_its_own_status_unless_a_browser_posts_the_form() {
    let fields: Fields<'_> = &[("model", b"flags"), ("url", b"http://example.org/")];
    let reply = upload(fields).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(problem(&reply).code, "url_not_allowed");

    let reply = upload_to("/api/classify", multipart(fields), "text/html").await;
    assert_eq!(reply.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_problem_says_when_to_try_again() {
    let reply = upload(&[("model", b"slow"), ("example", b"")]).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.headers[header::RETRY_AFTER], "2");
}

#[tokio::test]
async fn an_upload_is_classified() {
    let reply = upload(&[("model", b"flags"), ("crop", b"false"), ("image", b"\x89PNG...")]).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let answer = answer(&reply);
    assert_eq!(answer.source.kind, SourceKind::Upload);
    assert_eq!(answer.source.name.as_deref(), Some("a.png"));
    assert_eq!(answer.predictions.len(), 20);
    assert_eq!(answer.crop, None);
}

#[tokio::test]
async fn an_upload_may_be_no_larger_than_the_model_takes() {
    let large = vec![0; 10_000_001];
    let reply = upload(&[("model", b"flags"), ("image", &large)]).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(problem(&reply).detail.contains("10.0 MB"), "{}", reply.text);
}

#[tokio::test]
async fn a_form_must_be_whole() {
    let cases: [(Fields<'_>, u16, &str); 4] = [
        (&[("model", b"flags")], 400, "multipart_invalid"),
        (&[("image", b"\x89PNG"), ("model", b"flags")], 400, "multipart_invalid"),
        (&[("model", b"none"), ("image", b"\x89PNG")], 404, "model_unknown"),
        (&[("model", &[b'x'; 5000]), ("image", b"\x89PNG")], 400, "multipart_invalid"),
    ];
    for (fields, status, code) in cases {
        let reply = upload(fields).await;
        assert_eq!((reply.status.as_u16(), problem(&reply).code.as_str()), (status, code));
    }
}

#[tokio::test]
async fn half_a_picture_is_not_classified() {
    let cut = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nflags\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n\
         \x7fPNG and then the line went"
    );
    let reply = upload_raw(cut.into_bytes()).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(problem(&reply).code, "body_unreadable");
}

#[tokio::test]
async fn every_class_comes_with_the_answer_in_little_room() {
    let reply = upload(&[("model", b"flags"), ("example", b"japan.svg")]).await;
    let page: PageAnswer = outcome(&reply);
    assert_eq!(page.ranking.unwrap().iter().count(), 1000);
    let without_crop = reply.text.len() - page.answer.crop.unwrap().len();
    assert!(without_crop < 12_000, "{without_crop} bytes");
}

#[tokio::test]
async fn status_and_labels_can_be_asked_for() {
    let json = |path: &str| Request::get(path).header("accept", "application/json");
    let reply = send(json("/api/status").body(Body::empty()).unwrap()).await;
    let status: ServerStatus = serde_json::from_str(&reply.text).unwrap();
    assert_eq!((status.queued, status.models.len()), (2, 4));
    let reply = send(json("/api/labels?model=flags").body(Body::empty()).unwrap()).await;
    let labels: Vec<String> = serde_json::from_str(&reply.text).unwrap();
    assert_eq!(labels.len(), 1000);
    let reply = send(json("/api/labels?model=none").body(Body::empty()).unwrap()).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_takes_long_tells_how_far_it_is() {
    let reply = upload(&[("model", b"flags"), ("example", b"japan.svg")]).await;
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/x-ndjson");
    let first = reply.text.lines().next().unwrap();
    let first: Event<PageAnswer> = serde_json::from_str(first).unwrap();
    assert_eq!(first, Event::Stage(Stage::Decoding));
}

#[tokio::test]
async fn a_class_is_explained() {
    let fields: Fields<'_> = &[("model", b"flags"), ("class", b"3"), ("example", b"japan.svg")];
    let reply = upload_to("/api/why", multipart(fields), "application/json").await;
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/json");
    let map: HeatMap = outcome(&reply);
    assert_eq!((map.class.index, map.width, map.levels.len()), (3, 14, 196));
    assert_eq!(map.levels.iter().max(), Some(&979));
}
