//! Which form of a heat map is answered to whom.

use axum::body::Body;
use http::Request;

use crate::{backend::PIXEL, send};

async fn ask(path: &str, accept: &str) -> crate::Reply {
    let request = Request::post(path).header("accept", accept).body(Body::from(PIXEL)).unwrap();
    send(request).await
}

#[tokio::test]
async fn the_form_goes_by_what_is_accepted_or_asked_for() {
    for (path, accept, kind, model) in [
        ("/flags/explain", "*/*", "image/png", "flags"),
        ("/flags/explain", "image/png", "image/png", "flags"),
        ("/flags/explain", "image/png;mode=grey", "image/png", "flags"),
        ("/flags/explain", "application/json", "application/json", "flags"),
        ("/flags/explain", "image/png;q=0.1, application/json;q=0.9", "application/json", "flags"),
        ("/flags/explain", "application/json;q=0, image/png", "image/png", "flags"),
        ("/flags/explain", "image/png, application/json", "image/png", "flags"),
        ("/flags/explain?as=grid", "image/png", "application/json", "flags"),
        ("/flags/explain?as=grey&class=2&method=occlusion", "*/*", "image/png", "flags"),
    ] {
        let reply = ask(path, accept).await;
        assert_eq!(reply.status, 200, "{path} {accept}: {}", reply.body);
        assert_eq!(reply.header("content-type"), kind, "{path} {accept}");
        assert_eq!(reply.header("vitrine-model"), model);
    }
    let grid: serde_json::Value =
        serde_json::from_str(&ask("/flags/explain", "application/json").await.body).unwrap();
    assert_eq!(grid["weights"], serde_json::json!([0.0, 1.0]));
    assert_eq!(grid["method"], "grad-cam");
}

#[tokio::test]
async fn a_wish_that_is_not_known_is_refused() {
    for path in ["/flags/explain?as=painting", "/flags/explain?method=guess"] {
        let reply = ask(path, "application/json").await;
        assert_eq!(reply.status, 400);
        assert!(reply.body.contains("wish_unknown"), "{}", reply.body);
    }
}

#[tokio::test]
async fn an_address_can_be_asked_with_get() {
    let request = Request::get("/flags/explain?example=one.png").body(Body::from("x")).unwrap();
    assert_eq!(send(request).await.header("content-type"), "image/png");
}
