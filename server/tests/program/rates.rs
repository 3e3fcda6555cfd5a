//! Rates over real connections, where the peer has an address.

use tempfile::TempDir;

use crate::{
    Running,
    common::{models::make_model, web},
    serve,
};

/// What a client hears that claims to be somebody.
fn post(running: &Running, headers: &[(&str, &str)]) -> u16 {
    web::request(running.address, "POST", "/small", headers, b"").unwrap().status
}

fn model() -> TempDir {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    folder
}

#[test]
fn no_header_makes_a_stranger_somebody_else() {
    let folder = model();
    let running = serve(folder.path(), &["--rate", "1/h"]);
    assert_eq!(post(&running, &[]), 200);
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"] {
        assert_eq!(post(&running, &[(header, "198.51.100.1")]), 429, "{header}");
    }
    let probe = web::request(running.address, "GET", "/readyz", &[], b"").unwrap();
    assert_eq!(probe.status, 200);
}

#[test]
fn every_picture_of_a_request_costs_something() {
    let folder = model();
    let running = serve(folder.path(), &["--rate", "1/h,3"]);
    let three = br#"{"instances": [{"example": null}, {}, {}]}"#;
    let json = [("Content-Type", "application/json"), ("Accept", "application/json")];
    let answer = web::request(running.address, "POST", "/small", &json, three).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(post(&running, &[]), 429);
}

#[test]
fn behind_a_proxy_that_is_trusted_every_client_has_a_rate_of_its_own() {
    let folder = model();
    let running = serve(folder.path(), &["--rate", "1/h", "--trusted-proxy", "127.0.0.0/8"]);
    let from = |chain| post(&running, &[("X-Forwarded-For", chain)]);
    assert_eq!(from("198.51.100.1"), 200);
    assert_eq!(from("203.0.113.9, 198.51.100.1"), 429, "what the client wrote does not count");
    assert_eq!(from("198.51.100.2"), 200);
    assert_eq!(from("2001:db8::1"), 200);
    assert_eq!(from("2001:db8::2"), 429, "the same network");
    let forged = [("X-Forwarded-For", "198.51.100.2"), ("Forwarded", "for=198.51.100.77")];
    assert_eq!(post(&running, &forged), 429, "the header that this proxy does not write");
}
