//! Probes, and files that are no page.

use http::StatusCode;
use insta::assert_json_snapshot;

use crate::{backend::PIXEL, get, send};

#[tokio::test]
async fn a_probe_is_answered_and_not_cached() {
    let live = send(get("/livez")).await;
    assert_eq!((live.status, live.body.as_str()), (StatusCode::OK, "live\n"));
    assert_eq!(live.header("cache-control"), "no-store");
}

#[tokio::test]
async fn readiness_names_every_model() {
    let ready = send(get("/readyz")).await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_json_snapshot!(ready.json()["models"], @r#"
    {
      "flags": {
        "state": "ready"
      },
      "vgg": {
        "hint": "vitrine pull vgg",
        "state": "absent"
      }
    }
    "#);
}

#[tokio::test]
async fn an_example_picture_is_served_as_what_it_is() {
    let picture = send(get("/models/flags/one.png")).await;
    assert_eq!(picture.status, StatusCode::OK);
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(picture.header("content-length"), PIXEL.len().to_string());
}

#[tokio::test]
async fn a_file_that_the_card_does_not_name_is_not_there() {
    for path in ["/models/flags/model.toml", "/models/flags/..%2fmodel.toml", "/models/x/one.png"] {
        assert_eq!(send(get(path)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
