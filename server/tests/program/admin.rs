//! The admin listener: what it can do, whom it keeps out, and that the public one has none of it.

use std::{net::SocketAddr, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    Running,
    common::{
        models::make_model,
        web::{self, Answer},
    },
    free_address, serve, vitrine,
};

fn model() -> TempDir {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    folder
}

fn with_admin(models: &Path, options: &[&str]) -> (Running, SocketAddr) {
    let admin = free_address();
    let address = admin.to_string();
    let options: Vec<_> =
        ["--admin", &address].into_iter().chain(options.iter().copied()).collect();
    (serve(models, &options), admin)
}

fn ask(admin: SocketAddr, method: &str, path: &str, body: &str) -> Answer {
    web::request(admin, method, path, &[], body.as_bytes()).unwrap()
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {answer:?}"))
}

#[test]
fn models_are_taken_out_and_put_back_in_the_words_of_the_protocol_too() {
    let folder = model();
    let (_running, admin) = with_admin(folder.path(), &[]);
    let call = |model: &str, what: &str| {
        let answer = ask(admin, "POST", &format!("/v2/repository/models/{model}/{what}"), "");
        (answer.status, json(&answer))
    };
    assert_eq!(call("small", "unload"), (200, serde_json::json!({})));
    assert_eq!(ask(admin, "GET", "/readyz", "").status, 503);
    assert_eq!(call("small", "load"), (200, serde_json::json!({})));
    assert_eq!(ask(admin, "GET", "/readyz", "").status, 200);
    let (status, told) = call("nobody", "load");
    assert!(status == 404 && told["error"].is_string(), "{told}");
}

#[test]
fn models_are_taken_out_and_put_back_and_everything_says_so() {
    let folder = model();
    let (running, admin) = with_admin(folder.path(), &[]);
    let post = || {
        let headers = [("Accept", "application/json")];
        web::request(running.address, "POST", "/small", &headers, b"").unwrap()
    };
    assert_eq!(post().status, 200);
    assert_eq!(ask(admin, "POST", "/models/small/unload", "").status, 204);
    let out = post();
    assert_eq!((out.status, &json(&out)["code"]), (503, &"model_unloaded".into()));
    assert_eq!(ask(admin, "GET", "/readyz", "").status, 503);
    let metrics = ask(admin, "GET", "/metrics", "");
    for line in [
        "vitrine_model_state{model=\"small\",state=\"unloaded\"} 1",
        "vitrine_request_outcomes_total{model=\"small\",outcome=\"ok\"} 1",
        "vitrine_request_outcomes_total{model=\"small\",outcome=\"rejected\"} 1",
        "nv_inference_request_success{model=\"small\",version=\"1\"} 1",
        "vitrine_ready 0",
    ] {
        assert!(metrics.body.lines().any(|there| there == line), "{line}: {}", metrics.body);
    }
    assert_eq!(ask(admin, "POST", "/models/small/load", "").status, 204);
    assert_eq!(post().status, 200);
    let list = json(&ask(admin, "GET", "/models", ""));
    assert_eq!(list[0]["status"]["state"], "ready");
    assert_eq!(list[0]["requests"]["ok"], 2);
    assert!(list[0]["load_seconds"].as_f64().unwrap() > 0.0);
    assert_eq!(ask(admin, "POST", "/models/nobody/load", "").status, 404);
    assert_eq!(ask(admin, "POST", "/rescan", "").status, 202);
    assert_eq!(ask(admin, "GET", "/models/small/load", "").status, 405);
    assert_eq!(ask(admin, "GET", "/vgg", "").status, 404);
}

#[test]
fn the_log_and_the_configuration_are_shown_and_the_log_is_changed() {
    let folder = model();
    let (_running, admin) =
        with_admin(folder.path(), &["--mirror", "https://me:secret@mirror.example/"]);
    assert_eq!(json(&ask(admin, "GET", "/log", ""))["filter"], "error");
    assert_eq!(
        json(&ask(admin, "PUT", "/log", "warn,server=debug"))["filter"],
        "warn,server=debug"
    );
    let wrong = ask(admin, "PUT", "/log", "server=loud");
    assert_eq!((wrong.status, &json(&wrong)["code"]), (400, &"filter_invalid".into()));
    assert_eq!(json(&ask(admin, "GET", "/log", ""))["filter"], "warn,server=debug");

    let config = ask(admin, "GET", "/config", "");
    assert!(!config.body.contains("secret"), "{config:?}");
    let options = json(&config)["options"].clone();
    assert_eq!(options["admin"]["from"], "flag");
    assert_eq!(options["queue"]["value"], "64");
    assert_eq!(options["queue"]["from"], "default");
    assert_eq!(options["queue"]["variable"], "VITRINE_QUEUE");
}

#[test]
fn a_page_in_a_browser_cannot_reach_it() {
    let folder = model();
    let (running, admin) = with_admin(folder.path(), &[]);
    let unload = |headers: &[(&str, &str)]| {
        web::request(admin, "POST", "/models/small/unload", headers, b"").unwrap().status
    };
    assert_eq!(unload(&[("Origin", "https://evil.example")]), 403);
    assert_eq!(unload(&[("Origin", "null")]), 403);
    assert_eq!(unload(&[("Sec-Fetch-Site", "cross-site")]), 403);
    // The name under which a page was loaded whose owner then points it at this machine.
    let rebound =
        web::raw(admin, "GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_eq!(rebound.unwrap().status, 421);
    let typed = web::request(admin, "GET", "/metrics", &[("Sec-Fetch-Site", "none")], b"").unwrap();
    assert_eq!(typed.status, 200);
    assert!(!typed.head.contains("access-control-allow-origin"), "{typed:?}");
    let ready = web::request(running.address, "GET", "/readyz", &[], b"").unwrap();
    assert_eq!(ready.status, 200, "nothing was unloaded");
}

#[test]
fn a_picture_cannot_be_fetched_from_it() {
    let folder = model();
    let (running, admin) = with_admin(folder.path(), &["--fetch-allow", "127.0.0.1/32"]);
    let kind =
        [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")];
    let body = format!("url=http://{admin}/metrics");
    let answer = web::request(running.address, "POST", "/small", &kind, body.as_bytes()).unwrap();
    assert_eq!((answer.status, &json(&answer)["code"]), (403, &"url_not_allowed".into()));
}

#[test]
fn an_address_that_strangers_reach_is_refused() {
    let folder = model();
    let output = vitrine()
        .args(["--listen", "127.0.0.1:0", "--admin", "0.0.0.0:0", "--log", "off", "--models"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("--admin-open") && words.contains("127.0.0.1:2019"), "{words}");
}

#[test]
fn the_end_can_be_watched_there() {
    let folder = model();
    let (mut running, admin) = with_admin(folder.path(), &["--linger", "600"]);
    let signal = |name: &str| {
        let id = running.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    };
    signal("-TERM");
    let ready = |address| web::request(address, "GET", "/readyz", &[], b"").unwrap();
    // The signal takes a moment to arrive.
    while ready(running.address).status == 200 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(json(&ready(running.address))["worker"], "draining");
    assert_eq!(json(&ready(admin))["worker"], "draining");
    let picture = web::request(running.address, "POST", "/small", &[], b"").unwrap();
    assert_eq!(picture.status, 200, "what comes is still taken");
    signal("-TERM");
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}
