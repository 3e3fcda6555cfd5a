//! A server under a signal, and the same picture by every way.

use std::{process::Command, sync::Barrier, thread, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use image::ImageFormat;
use tempfile::TempDir;

use crate::{
    common::{
        alike::assert_alike,
        models::{make_model, picture},
        web,
    },
    serve, vitrine,
};

fn model() -> TempDir {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    folder
}

#[test]
fn the_same_picture_is_answered_alike_by_every_way() {
    let folder = model();
    let bytes = picture(ImageFormat::Jpeg, 90, 70);
    let site = web::serve(vec![("/waves.jpg", "image/jpeg", bytes.clone())]);
    let running = serve(folder.path(), &["--fetch-allow", "127.0.0.1/32"]);
    let url = format!("http://{site}/waves.jpg");
    let post = |kind: &str, body: &[u8]| {
        let headers = [("Content-Type", kind), ("Accept", "application/json")];
        let answer = web::request(running.address, "POST", "/small", &headers, body).unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        json["predictions"].clone()
    };
    let form = "application/x-www-form-urlencoded";
    let mut multipart =
        b"--X\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\n\r\n"
            .to_vec();
    multipart.extend(&bytes);
    multipart.extend(b"\r\n--X--\r\n");
    let base64 = format!(r#"{{"image":"{}"}}"#, STANDARD.encode(&bytes));

    let by_url = post(form, format!("url={url}").as_bytes());
    assert_eq!(by_url.as_array().unwrap().len(), 5);
    assert_alike(&by_url, &post("multipart/form-data; boundary=X", &multipart));
    // As curl --data-binary sends it.
    assert_alike(&by_url, &post(form, &bytes));
    assert_alike(&by_url, &post("application/json", base64.as_bytes()));
    assert_alike(&by_url, &post("application/json", format!(r#"{{"url":"{url}"}}"#).as_bytes()));

    let page =
        web::request(running.address, "GET", &format!("/small?url={url}"), &[], b"").unwrap();
    let best = by_url[0]["label"].as_str().unwrap();
    assert!(page.status == 200 && page.body.contains(best), "{page:?}");

    let models = folder.path().to_str().unwrap();
    let command = ["classify", "--json", "--model", "small", "--models", models, "--threads", "1"];
    let allowed = ["--fetch-allow", "127.0.0.1/32"];
    let output = vitrine().args(command).args(allowed).arg(&url).output().unwrap();
    let by_command: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_alike(&by_url, &by_command["predictions"]);
}

#[test]
fn a_signal_under_load_loses_nothing_and_ends_well() {
    let folder = model();
    let mut running = serve(folder.path(), &["--queue", "200"]);
    let address = running.address;
    let bytes = picture(ImageFormat::Png, 900, 700);
    let clients = 24;
    let started = Barrier::new(clients + 1);
    let answers = thread::scope(|scope| {
        let clients: Vec<_> = (0..clients)
            .map(|_| {
                scope.spawn(|| {
                    let mut answers = Vec::new();
                    started.wait();
                    // Until the door is closed: a connection that is refused was never accepted.
                    while let Ok(answer) =
                        web::request(address, "POST", "/small", &[("Accept", "*/*")], &bytes)
                    {
                        answers.push(answer);
                    }
                    answers
                })
            })
            .collect();
        started.wait();
        thread::sleep(Duration::from_millis(700));
        let id = running.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let answers: Vec<_> = clients.into_iter().flat_map(|c| c.join().unwrap()).collect();
        answers
    });
    assert!(!answers.is_empty());
    for answer in &answers {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.starts_with("class "), "{answer:?}");
    }
    assert_eq!(running.child.wait().unwrap().code(), Some(0));
}
