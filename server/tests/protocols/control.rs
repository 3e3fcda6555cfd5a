//! Loading and unloading, which only the operator's listener has.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;
use server::backend::Backend;

use crate::{control, png, post, send_to, start};

const LOAD: &str = "/v2/repository/models/two/load";
const UNLOAD: &str = "/v2/repository/models/two/unload";

#[test]
fn everybody_else_is_refused() {
    for path in ["/v2/repository/models/small/load", "/v2/repository/models/small/unload"] {
        let reply = post(path, &[], "");
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        reply.error();
    }
}

#[test]
fn an_unloaded_model_answers_nothing_until_it_is_loaded_again() {
    let (_folder, service) = start(&["one", "two"]);
    let ask =
        |path: &str| send_to(&service, Request::post(path).body(Body::from(png())).unwrap()).status;
    let ready = || {
        let request = Request::get("/v2/models/two/ready").body(Body::empty()).unwrap();
        send_to(&service, request).status
    };
    assert_eq!((ask("/two"), ready()), (StatusCode::OK, StatusCode::OK));

    let reply = control(&service, UNLOAD, "");
    assert_eq!((reply.status, reply.text().as_str()), (StatusCode::OK, "{}"));
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    assert_eq!((ask("/two"), ready()), (unavailable, unavailable));
    assert_eq!(ask("/one"), StatusCode::OK);
    let told = serde_json::to_value(service.readiness()).unwrap();
    assert_eq!(told["models"]["two"], json!({ "state": "unloaded" }));

    assert_eq!(control(&service, LOAD, "{}").status, StatusCode::OK);
    assert_eq!((ask("/two"), ready()), (StatusCode::OK, StatusCode::OK));
}

#[test]
fn what_cannot_be_loaded_is_said() {
    let (_folder, service) = start(&["two"]);
    let nope = control(&service, "/v2/repository/models/nope/load", "");
    assert_eq!(nope.status, StatusCode::NOT_FOUND);
    assert!(nope.error().contains("nope"));
    let absent = control(&service, "/v2/repository/models/absent/load", "");
    assert_eq!(absent.status, StatusCode::SERVICE_UNAVAILABLE);
    let files = control(&service, LOAD, r#"{"parameters": {"file:1/model.pt": "AAAA"}}"#);
    assert_eq!(files.status, StatusCode::BAD_REQUEST);
    assert!(files.error().contains("file:1/model.pt"));
}
