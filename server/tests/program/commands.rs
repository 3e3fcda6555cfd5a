//! Commands that need no server, and a server that cannot start.

use std::{fs, net::TcpListener};

use image::ImageFormat;
use tempfile::TempDir;

use crate::{
    common::models::{make_model, picture},
    vitrine,
};

/// What a failing command says, which is one line, and its exit code, which is 1.
fn failure(arguments: &[&str]) -> String {
    let output = vitrine().args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(words.trim_end().lines().count(), 1, "{words}");
    words
}

fn models() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let path = folder.path().to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn a_port_that_is_taken_is_named() {
    let (_folder, models) = models();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let words = failure(&["--models", &models, "--listen", &address, "--log", "off"]);
    assert!(words.contains(&address) && words.contains("--listen"), "{words}");
}

#[test]
fn a_missing_folder_is_named() {
    let words = failure(&["models", "--models", "/no/such/folder"]);
    assert!(words.contains("/no/such/folder") && words.contains("--models"), "{words}");
}

#[test]
fn a_broken_card_is_named_with_its_key() {
    let (folder, models) = models();
    let card = folder.path().join("small/model.toml");
    let text = fs::read_to_string(&card).unwrap().replace("size = 32", "size = 0");
    fs::write(&card, text).unwrap();
    let words = failure(&["serve", "--models", &models, "--log", "off"]);
    assert!(words.contains("model.toml") && words.contains("size"), "{words}");
}

#[test]
fn the_models_are_listed() {
    let (folder, models) = models();
    make_model(folder.path(), "away", Some("small"), false);
    let output = vitrine().args(["models", "--json", "--models", &models]).output().unwrap();
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(list[0]["name"], "away");
    assert_eq!(list[0]["weights"], "absent");
    assert_eq!(list[1]["weights"], "present");
    assert_eq!(list[1]["classes"], 7);
}

#[test]
fn pictures_are_classified_without_a_server() {
    let (folder, models) = models();
    let (good, bad) = (folder.path().join("good.jpg"), folder.path().join("bad.jpg"));
    fs::write(&good, picture(ImageFormat::Jpeg, 60, 40)).unwrap();
    fs::write(&bad, b"words").unwrap();
    let base = ["classify", "--model", "small", "--models", &models, "--top-k", "3", "--json"];
    let output = vitrine().args(base).arg(&bad).arg(&good).output().unwrap();
    // One of the two failed, and the other is answered all the same.
    assert_eq!(output.status.code(), Some(1));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["predictions"].as_array().unwrap().len(), 3);
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("bad.jpg") && words.contains("1 of 2"), "{words}");
}
