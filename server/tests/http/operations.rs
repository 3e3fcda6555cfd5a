//! Keys, rates, other origins, times and probes, as whoever runs the server sets them.

use std::{fs, sync::Arc};

use axum::body::Body;
use http::{Request, StatusCode};
use server::{
    access::{Access, KeyRing, entry, generate},
    backend::Readiness,
    http::Operations,
    meters::Meters,
};
use tempfile::TempDir;

use crate::{
    Reply,
    backend::{Fake, PIXEL},
    get, post, send, send_with,
};

fn picture(headers: &[(&'static str, &str)]) -> Request<Body> {
    let mut request = post("/flags", "image/png", "application/json", PIXEL);
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

/// Access by one key, with the folder of its file and the key.
fn keyed() -> (Operations, TempDir, String) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("keys.toml");
    let key = generate().unwrap();
    fs::write(&file, entry("alice", &key)).unwrap();
    let keys = Some(Arc::new(KeyRing::read(&file).unwrap()));
    let access = Access { keys, ..Access::default() };
    (Operations { access, ..Operations::default() }, folder, key)
}

async fn ask(operations: &Operations, request: Request<Body>) -> Reply {
    send_with(Arc::default(), operations.clone(), request).await
}

#[tokio::test]
async fn without_a_key_nothing_is_classified_and_the_refusal_says_what_to_send() {
    let (operations, _folder, key) = keyed();
    let reply = ask(&operations, picture(&[])).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.json()["code"], "key_missing");
    assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"vitrine\"");
    assert!(!reply.header("x-request-id").is_empty(), "refusals are in the log, too");

    let wrong = ask(&operations, picture(&[("x-api-key", "vitrine_wrong")])).await;
    assert_eq!(
        (wrong.status, &wrong.json()["code"]),
        (StatusCode::UNAUTHORIZED, &"key_unknown".into())
    );
    for path in ["/", "/flags", "/api/models", "/metrics"] {
        assert_eq!(ask(&operations, get(path)).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in ["/livez", "/readyz"] {
        assert_eq!(ask(&operations, get(path)).await.status, StatusCode::OK, "{path}");
    }
    let good = ask(&operations, picture(&[("authorization", &format!("Bearer {key}"))])).await;
    assert_eq!(good.status, StatusCode::OK);
}

#[tokio::test]
async fn a_refusal_is_told_in_the_words_of_the_protocol() {
    let (operations, _folder, _) = keyed();
    let rate = Some("1/h".parse().unwrap());
    let limited =
        Operations { access: Access { rate, ..Access::default() }, ..Operations::default() };
    ask(&limited, picture(&[])).await;
    for (operations, status) in [(&operations, 401), (&limited, 429)] {
        for path in ["/v2/models/flags/infer", "/v1/models/flags:predict", "/predictions/flags"] {
            let reply = ask(operations, post(path, "application/json", "", "{}")).await;
            assert_eq!(reply.status.as_u16(), status, "{path}");
            let json = reply.json();
            if path.starts_with("/predictions") {
                assert_eq!(json["code"], status);
                assert!(json["message"].is_string(), "{json}");
            } else {
                assert!(json["error"].is_string(), "{json}");
                assert_eq!(json.as_object().unwrap().len(), 1, "{json}");
            }
            let header = if status == 401 { "www-authenticate" } else { "retry-after" };
            assert!(!reply.header(header).is_empty(), "{path}");
        }
    }
    for probe in ["/v2/health/live", "/v2/health/ready", "/ping"] {
        assert_eq!(ask(&operations, get(probe)).await.status, StatusCode::OK, "{probe}");
    }
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let access = Access { rate: Some("60/m,2".parse().unwrap()), ..Access::default() };
    let meters = Arc::new(Meters::default());
    let access = Access { meters: Some(Arc::clone(&meters)), ..access };
    let operations = Operations { access, ..Operations::default() };
    let first = ask(&operations, picture(&[])).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=2;w=2");
    assert!(first.header("ratelimit").starts_with("\"default\";r=1;t="), "{:?}", first.headers);
    // However quick or slow this machine is, the third within a second or so is one too many.
    let mut last = first;
    for n in 0..20 {
        let spoofed = format!("198.51.100.{n}");
        last = ask(&operations, picture(&[("x-forwarded-for", &spoofed)])).await;
        if last.status != StatusCode::OK {
            break;
        }
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(last.json()["code"], "rate_limited");
    assert_eq!(last.header("retry-after"), "1");
    assert!(last.header("ratelimit").starts_with("\"default\";r=0;"), "{:?}", last.headers);
    assert_eq!(ask(&operations, get("/flags")).await.status, StatusCode::OK, "reading is free");
    let text = meters.expose(&server::meters::Gauges::default());
    assert!(text.contains("vitrine_http_throttled_total{by=\"address\"} 1"), "{text}");
}

#[tokio::test]
async fn a_named_origin_may_ask_and_read_errors_and_no_other_may() {
    let (operations, _folder, _) = keyed();
    let origins = vec!["https://shop.example".parse().unwrap()];
    let operations = Operations { origins, ..operations };
    let preflight = |origin: &str| {
        Request::options("/flags")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .body(Body::empty())
            .unwrap()
    };
    let allowed = ask(&operations, preflight("https://shop.example")).await;
    assert_eq!(allowed.status, StatusCode::OK, "without a key, which browsers do not send here");
    assert_eq!(allowed.header("access-control-allow-origin"), "https://shop.example");
    assert!(allowed.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    let refused = ask(&operations, preflight("https://evil.example")).await;
    assert_eq!(refused.header("access-control-allow-origin"), "");

    let error = ask(&operations, picture(&[("origin", "https://shop.example")])).await;
    assert_eq!(error.status, StatusCode::UNAUTHORIZED);
    assert_eq!(error.header("access-control-allow-origin"), "https://shop.example");
    assert!(error.header("access-control-expose-headers").contains("x-request-id"));
    let plain = send(picture(&[("origin", "https://shop.example")])).await;
    assert_eq!(plain.header("access-control-allow-origin"), "", "none unless it is named");
}

#[tokio::test]
async fn every_answer_says_where_its_time_went() {
    for request in [get("/livez"), get("/nothing/here"), picture(&[])] {
        let reply = send(request).await;
        assert!(reply.header("server-timing").contains("total;dur="), "{:?}", reply.headers);
    }
}

#[tokio::test]
async fn metrics_are_public_only_if_they_are_said_to_be() {
    let mut request = get("/metrics");
    request.headers_mut().insert("accept", "application/json".parse().unwrap());
    let off = send(request).await;
    assert_eq!((off.status, &off.json()["code"]), (StatusCode::NOT_FOUND, &"metrics_off".into()));
    let operations = Operations {
        exposition: Some(Arc::new(|| "# TYPE a counter\na 1\n".to_owned())),
        ..Operations::default()
    };
    let reply = ask(&operations, get("/metrics")).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(reply.body, "# TYPE a counter\na 1\n");
}

#[tokio::test]
async fn nothing_of_the_admin_listener_is_public() {
    for path in ["/config", "/log", "/models", "/rescan", "/models/flags/load"] {
        let reply = send(get(path)).await;
        assert!(
            !reply.body.contains("\"options\"") && !reply.body.contains("\"filter\""),
            "{path}"
        );
        let mut request = post(path, "text/plain", "application/json", "debug");
        let reply = send(request).await;
        assert!(
            reply.status != StatusCode::NO_CONTENT && reply.status != StatusCode::ACCEPTED,
            "{path}"
        );
        request = post(path, "text/plain", "application/json", "debug");
        *request.method_mut() = http::Method::PUT;
        assert!(send(request).await.status.is_client_error(), "{path}");
    }
}

#[tokio::test]
async fn a_worker_that_is_late_takes_nothing_new_and_one_that_is_stuck_is_given_up() {
    let probe = async |worker: &'static str| {
        let fake = || {
            let reason = Some("One batch has been in the network for 45 s.".to_owned());
            let standing = Readiness { ready: false, worker, reason, ..Fake::standing() };
            Arc::new(Fake { standing: Some(standing), ..Fake::default() })
        };
        let live = send_with(fake(), Operations::default(), get("/livez")).await;
        let ready = send_with(fake(), Operations::default(), get("/readyz")).await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ready.json()["worker"], worker);
        assert!(ready.json()["reason"].as_str().unwrap().contains("45 s"));
        live
    };
    assert_eq!(probe("late").await.status, StatusCode::OK);
    assert_eq!(probe("draining").await.status, StatusCode::OK);
    let stuck = probe("stuck").await;
    assert_eq!(stuck.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(stuck.body.contains("stuck") && stuck.body.contains("45 s"), "{}", stuck.body);
}
