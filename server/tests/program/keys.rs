//! Keys: made, used, changed while the server runs, and never written down.

use std::{
    fs::{self, File},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    Running,
    common::{models::make_model, web},
    free_address, serve, serve_command, vitrine, wait_until_ready,
};

/// A key and its entry, as the command makes them.
fn new_key(name: &str) -> (String, String) {
    let output = vitrine().args(["key", "new", name]).output().unwrap();
    assert!(output.status.success());
    let words = String::from_utf8(output.stderr).unwrap();
    let key = words.split_whitespace().last().unwrap().to_owned();
    assert!(key.starts_with("vitrine_"), "{words}");
    let entry = String::from_utf8(output.stdout).unwrap();
    assert!(!entry.contains(&key), "the file holds only its digest");
    (key, entry)
}

fn post(running: &Running, key: &str) -> u16 {
    let headers = [("X-Api-Key", key)];
    web::request(running.address, "POST", "/small", &headers, b"").unwrap().status
}

#[test]
fn keys_are_read_again_on_sighup_and_appear_in_no_log() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let ((old, old_entry), (new, new_entry)) = (new_key("old"), new_key("new"));
    let file = folder.path().join("keys.toml");
    fs::write(&file, old_entry).unwrap();
    let log = folder.path().join("log");
    let address = free_address();
    let mut command = serve_command(folder.path(), address, "debug");
    command.arg("--keys").arg(&file).args(["--log-format", "json"]);
    let child = command.stderr(Stdio::from(File::create(&log).unwrap())).spawn().unwrap();
    let running = wait_until_ready(Running { child, address });

    assert_eq!((post(&running, &old), post(&running, &new)), (200, 401));
    fs::write(&file, new_entry).unwrap();
    let id = running.child.id().to_string();
    assert!(Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
    let start = Instant::now();
    while post(&running, &new) != 200 {
        assert!(start.elapsed() < Duration::from_secs(60), "the keys are not read again");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(post(&running, &old), 401);
    drop(running);

    let log = fs::read_to_string(&log).unwrap();
    assert!(!log.contains(&old) && !log.contains(&new), "a key is in the log");
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|line| line["path"] == "/small" && line["status"] == 200);
    let answered = answered.expect("a line for the request");
    assert_eq!((&answered["message"], &answered["model"]), (&"request".into(), &"small".into()));
    assert_eq!(answered["key"], "old", "its name, for whoever looks into it");
    assert!(answered["id"].is_string() && answered["inference_ms"].is_number(), "{answered}");
}

#[test]
fn an_admin_key_opens_the_admin_listener_and_another_does_not() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let ((admin_key, admin_entry), (key, entry)) = (new_key("root"), new_key("client"));
    let file = folder.path().join("keys.toml");
    fs::write(&file, format!("{}admin = true\n{entry}", admin_entry.trim_start())).unwrap();
    let (admin, path) = (free_address(), file.to_str().unwrap());
    let address = admin.to_string();
    let running = serve(folder.path(), &["--keys", path, "--admin", &address]);
    let metrics = |headers: &[(&str, &str)]| {
        web::request(admin, "GET", "/metrics", headers, b"").unwrap().status
    };
    assert_eq!(metrics(&[]), 401);
    assert_eq!(metrics(&[("X-Api-Key", &key)]), 403);
    let bearer = format!("Bearer {admin_key}");
    assert_eq!(metrics(&[("Authorization", &bearer)]), 200);
    assert_eq!(post(&running, &key), 200);
}

#[test]
fn a_file_of_keys_that_is_no_good_is_named() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let file = folder.path().join("keys.toml");
    fs::write(&file, "[[key]]\nname = \"a\"\n").unwrap();
    let mut command = serve_command(folder.path(), free_address(), "off");
    let output = command.arg("--keys").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("keys.toml") && words.contains("sha256"), "{words}");
}
