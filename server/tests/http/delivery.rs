//! How answers travel: compressed, kept by the browser, and small.

use axum::body::Body;
use http::{Request, StatusCode};

use crate::{get, send};

fn accepting(path: &str, encoding: &str) -> Request<Body> {
    Request::get(path).header("accept-encoding", encoding).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_page_travels_as_small_as_the_browser_can_read_it() {
    for (accepted, encoding) in [("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")] {
        let page = send(accepting("/vgg", accepted)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.header("content-encoding"), encoding);
        assert_eq!(page.header("vary"), "accept-encoding", "for {accepted}");
    }
}

#[tokio::test]
async fn a_picture_is_not_compressed_once_more() {
    let picture = send(accepting("/models/flags/one.png", "br")).await;
    assert_eq!(picture.header("content-encoding"), "");
    assert_eq!(picture.header("content-type"), "image/png");
}

#[tokio::test]
async fn what_fits_into_a_packet_is_sent_as_it_is() {
    let probe = send(accepting("/livez", "br")).await;
    assert_eq!(probe.status, StatusCode::OK);
    assert_eq!((probe.header("content-encoding"), probe.header("vary")), ("", ""));
}

#[tokio::test]
async fn a_gallery_gets_small_pictures() {
    let picture = send(get("/models/flags/one.png?thumbnail")).await;
    assert_eq!(picture.status, StatusCode::OK);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    assert!(picture.header("cache-control").contains("max-age="), "{:?}", picture.headers);
}

#[tokio::test]
async fn what_is_missing_is_not_kept_for_ever() {
    let missing = send(get("/pkg/vitrine.AfX31a6yKkDtGlR2OhKUTw.js")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.header("cache-control"), "no-store");
}

#[tokio::test]
async fn every_answer_says_what_the_browser_may_do_with_it() {
    for path in ["/", "/vgg", "/livez", "/models/flags/one.png", "/nothing"] {
        let reply = send(get(path)).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert!(reply.header("permissions-policy").contains("camera=(self)"), "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
    }
}
