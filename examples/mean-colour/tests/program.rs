//! The program as a user would start it, beside the models of this repository.

#![allow(clippy::unwrap_used)]

#[path = "../../../server/tests/common/web.rs"]
#[allow(dead_code, unreachable_pub)]
mod web;

use std::{
    io::Cursor,
    net::{SocketAddr, TcpListener},
    process::{Child, Command},
    time::{Duration, Instant},
};

use image::{ImageFormat, Rgb, RgbImage};

struct Running {
    child: Child,
    address: SocketAddr,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start() -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");
        let child = Command::new(env!("CARGO_BIN_EXE_mean-colour"))
            .args([
                "--models",
                models,
                "--listen",
                &address.to_string(),
                "--log",
                "error",
                "--public-metrics",
            ])
            .spawn()
            .unwrap();
        let running = Self { child, address };
        let start = Instant::now();
        while !running.get("/readyz").is_ok_and(|answer| answer.status == 200) {
            assert!(start.elapsed() < Duration::from_secs(60), "not ready within a minute");
            std::thread::sleep(Duration::from_millis(50));
        }
        running
    }

    fn get(&self, path: &str) -> std::io::Result<web::Answer> {
        web::request(self.address, "GET", path, &[("Accept", "text/html")], b"")
    }

    fn post(&self, accept: &str, body: &[u8]) -> web::Answer {
        let headers = [("Accept", accept), ("Content-Type", "application/octet-stream")];
        web::request(self.address, "POST", "/mean-colour", &headers, body).unwrap()
    }
}

fn orange() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let halves =
        RgbImage::from_fn(8, 8, |x, _| Rgb(if x < 4 { [255, 20, 0] } else { [251, 0, 0] }));
    halves.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn the_pipeline_answers_beside_the_models() {
    let running = Running::start();
    let page = running.get("/mean-colour").unwrap();
    assert!(page.status == 200 && page.body.contains("Mixes all colours"), "{page:?}");
    assert!(page.head.contains("content-security-policy"), "{page:?}");

    let words = running.post("*/*", &orange());
    assert_eq!((words.status, words.body.as_str()), (200, "red (#fd0a00)"));
    let json: serde_json::Value =
        serde_json::from_str(&running.post("application/json", &orange()).body).unwrap();
    assert_eq!(json, serde_json::json!({ "name": "red", "rgb": [253, 10, 0] }));
    assert!(running.post("text/html", &orange()).body.contains("red (#fd0a00)"));

    for (body, status, code) in [
        (&b"<html>"[..], 415, "picture_format_unsupported"),
        (&orange()[..60], 422, "picture_damaged"),
        (b"", 400, "picture_missing"),
    ] {
        let refused = running.post("application/json", body);
        assert_eq!(refused.status, status, "{refused:?}");
        assert!(refused.body.contains(code), "{refused:?}");
        let page = running.post("text/html", body);
        assert!(page.status == status && page.body.contains("role=\"alert\""), "{page:?}");
    }
    // It is watched and counted as the models are.
    let timed = running.post("*/*", &orange()).head;
    for stage in ["decode;dur=", "queue;dur=", "infer;dur=", "total;dur="] {
        assert!(timed.contains(stage), "{timed}");
    }
    let ready: serde_json::Value =
        serde_json::from_str(&running.get("/readyz").unwrap().body).unwrap();
    assert_eq!(ready["models"]["mean-colour"]["state"], "ready", "{ready}");
    let meters = running.get("/metrics").unwrap().body;
    for line in [
        "vitrine_request_outcomes_total{model=\"mean-colour\",outcome=\"ok\"} 4",
        "vitrine_request_outcomes_total{model=\"mean-colour\",outcome=\"failed\"} 6",
        "vitrine_model_state{model=\"mean-colour\",state=\"ready\"} 1",
        "vitrine_batch_size_count{model=\"mean-colour\"} 4",
        "nv_inference_request_success{model=\"mean-colour\",version=\"1\"} 4",
    ] {
        assert!(meters.lines().any(|there| there == line), "{line} is not in\n{meters}");
    }

    let model = running.get("/flags").unwrap();
    assert!(model.status == 200 && model.body.contains("Flags of the world"), "{model:?}");
}
