//! Models that arrive while the server runs.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    Running,
    common::{models::make_model, web},
    serve,
};

/// Asks until a condition holds.
fn until(running: &Running, path: &str, holds: impl Fn(&web::Answer) -> bool) {
    let start = Instant::now();
    loop {
        let answer = web::request(running.address, "GET", path, &[], b"").unwrap();
        if holds(&answer) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{answer:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn asked(running: &Running, model: &str) -> web::Answer {
    let headers =
        [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")];
    web::request(running.address, "POST", &format!("/{model}"), &headers, b"").unwrap()
}

/// A small model, and a big one that has only the address of its weights.
fn make_models(models: &Path) {
    make_model(models, "small", None, true);
    make_model(models, "big", Some("small"), false);
}

#[test]
fn a_new_model_is_noticed_by_itself() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let running = serve(folder.path(), &["--watch", "1"]);
    make_model(folder.path(), "young", None, true);
    until(&running, "/young", |answer| answer.status == 200);
    assert_eq!(asked(&running, "young").status, 200);
}

#[test]
fn without_watching_a_new_model_is_noticed_on_sighup() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let running = serve(folder.path(), &["--watch", "0"]);
    make_model(folder.path(), "young", None, true);
    let id = running.child.id().to_string();
    assert!(Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
    until(&running, "/young", |answer| answer.status == 200);
    assert_eq!(asked(&running, "young").status, 200);
}

#[test]
fn pulled_weights_take_over_while_the_fallback_answers() {
    let folder = TempDir::new().unwrap();
    make_models(folder.path());
    let weights = fs::read(folder.path().join("small/model.safetensors")).unwrap();
    let site = web::serve(vec![("/big.safetensors", "application/octet-stream", weights)]);

    let mirror = format!("http://{site}");
    let running = serve(folder.path(), &["--pull", "--mirror", &mirror, "--watch", "0"]);
    // Whichever of the two answers: nobody is turned away.
    let start = Instant::now();
    loop {
        let answer = asked(&running, "big");
        assert_eq!(answer.status, 200, "{answer:?}");
        let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        if json["model"] == "big" {
            break;
        }
        assert_eq!(json["fallback_for"], "big");
        assert!(start.elapsed() < Duration::from_secs(60), "{json}");
    }
}

#[test]
fn what_cannot_be_pulled_is_stood_in_for_as_before() {
    let folder = TempDir::new().unwrap();
    make_models(folder.path());
    let site =
        web::serve(vec![("/big.safetensors", "text/html", b"<html>a web page</html>".to_vec())]);
    let running = serve(folder.path(), &["--pull", "--mirror", &format!("http://{site}")]);
    until(&running, "/readyz", |answer| answer.body.contains("absent"));
    assert_eq!(asked(&running, "big").status, 200);
    assert!(!folder.path().join("big/model.safetensors").exists());
}
