//! What comes back, by what the caller accepts.

use http::StatusCode;
use insta::{assert_json_snapshot, assert_snapshot};

use crate::{backend::PIXEL, get, post, send};

#[tokio::test]
async fn curl_gets_the_bare_label() {
    let reply = send(post("/flags", "image/png", "*/*", PIXEL)).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(reply.body, "Japan <JP>");
}

#[tokio::test]
async fn a_program_gets_everything() {
    let reply = send(post("/flags", "image/png", "application/json", PIXEL)).await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert_json_snapshot!(reply.json(), @r#"
    {
      "model": "flags",
      "predictions": [
        {
          "index": 2,
          "label": "Japan <JP>",
          "probability": 0.75
        },
        {
          "index": 0,
          "label": "Palau (PW)",
          "probability": 0.2
        }
      ],
      "source": {
        "bytes": 70,
        "format": "png",
        "height": 1,
        "kind": "upload",
        "width": 1
      },
      "timing": {
        "decode_ms": 1.5,
        "fetch_ms": 0.0,
        "inference_ms": 0.0,
        "queue_ms": 0.0,
        "total_ms": 3.25
      }
    }
    "#);
}

#[tokio::test]
async fn a_stand_in_is_named_in_the_body_and_in_headers() {
    let reply = send(post("/vgg", "image/png", "application/json", PIXEL)).await;
    assert_eq!(reply.json()["fallback_for"], "vgg");
    assert_eq!(reply.header("vitrine-model"), "flags");
    assert_eq!(reply.header("vitrine-fallback-for"), "vgg");
    let own = send(post("/flags", "image/png", "application/json", PIXEL)).await;
    assert_eq!(own.header("vitrine-fallback-for"), "");
}

#[tokio::test]
async fn a_problem_is_told_by_the_rfc() {
    let reply = send(post("/busy", "image/png", "application/json", PIXEL)).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.header("retry-after"), "7");
    assert_json_snapshot!(reply.json(), @r#"
    {
      "code": "queue_full",
      "detail": "Try <b>later</b>.",
      "retry_after": 7,
      "status": 503,
      "title": "Too busy at the moment",
      "type": "about:blank"
    }
    "#);
}

#[tokio::test]
async fn a_problem_is_told_in_words() {
    let reply = send(post("/busy", "image/png", "*/*", PIXEL)).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_snapshot!(reply.body, @"Too busy at the moment: Try <b>later</b>.");
}

#[tokio::test]
async fn a_panic_fails_one_request_and_keeps_its_text() {
    let reply = send(post("/panics", "image/png", "application/json", PIXEL)).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.json()["code"], "internal");
    assert!(!reply.body.contains("secret"), "{}", reply.body);
}

#[tokio::test]
async fn another_method_is_refused_with_words() {
    let mut request = get("/readyz");
    *request.method_mut() = http::Method::DELETE;
    request.headers_mut().insert("accept", "application/json".parse().unwrap());
    let reply = send(request).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.json()["code"], "method_not_allowed");
    assert!(reply.header("allow").contains("GET"), "{:?}", reply.headers);
}

#[tokio::test]
async fn a_request_keeps_its_id_if_it_is_plain() {
    let mut request = get("/livez");
    request.headers_mut().insert("x-request-id", "abc-123".parse().unwrap());
    assert_eq!(send(request).await.header("x-request-id"), "abc-123");
    let mut request = get("/livez");
    request.headers_mut().insert("x-request-id", "<script>".parse().unwrap());
    let id = send(request).await;
    assert!(!id.header("x-request-id").contains('<') && !id.header("x-request-id").is_empty());
}
