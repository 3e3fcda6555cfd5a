//! Commands that need no server, and a server that cannot start.

use std::{fs, net::TcpListener, path::Path};

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

/// A command for a file of the importer's tests, and what it says.
fn import(models: &str, file: &str, options: &[&str]) -> std::process::Output {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../importer/tests/files");
    let labels = files.join("labels.txt");
    let mut command = vitrine();
    command.args(["import", "--models", models]).arg(files.join(file));
    command.args(["--as", "mine", "--labels"]).arg(labels).args(options).output().unwrap()
}

#[test]
fn weights_are_imported_and_then_classify() {
    let (folder, models) = models();
    let output = import(&models, "official.h5", &["--licence", "CC0"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for words in ["block1_conv1_W_1:0", "pictures: keras-caffe", "check: in", "SHA-256"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let picture_file = folder.path().join("picture.jpg");
    fs::write(&picture_file, picture(ImageFormat::Jpeg, 60, 40)).unwrap();
    let output = vitrine()
        .args(["classify", "--model", "mine", "--models", &models, "--json"])
        .arg(&picture_file)
        .output()
        .unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["predictions"].as_array().unwrap().len(), 5);

    let again = import(&models, "official.h5", &[]);
    let words = String::from_utf8(again.stderr).unwrap();
    assert!(!again.status.success() && words.contains("--force"), "{words}");
    let turned = ["--force", "--kernels", "convolution", "--mean", "1,2,3", "--resize", "squash"];
    assert!(import(&models, "official.h5", &turned).status.success());
}

#[test]
fn an_import_that_fails_is_one_line_that_says_what_to_do() {
    let (_folder, models) = models();
    for (file, words) in [
        ("malicious.pth", "posix.system"),
        ("legacy_correlation.h5", "--kernels convolution"),
        ("numbered.weights.h5", "--architecture"),
        ("module.pt", "no probability"),
    ] {
        let options: &[&str] =
            if file == "module.pt" { &["--output", "probabilities"] } else { &[] };
        let output = import(&models, file, options);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{file}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(said.contains(words), "{said}");
    }
    let said = failure(&["import", "x.h5", "--as", "x", "--models", "/no/such/folder"]);
    assert!(said.contains("/no/such/folder") && said.contains("--models"), "{said}");
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

/// The figures of `vitrine bench`, measured as shortly as it goes.
fn bench(models: &str, told: &[&str]) -> serde_json::Value {
    let brief =
        ["bench", "--models", models, "--model", "small", "--duration", "0.2", "--json", "-"];
    let output = vitrine().args(brief).args(told).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_model_is_measured_alone_and_over_http() {
    let (folder, models) = models();
    let path = folder.path().join("picture.png");
    fs::write(&path, picture(ImageFormat::Png, 40, 30)).unwrap();
    let told = ["--clients", "1,2", "--rate", "20", "--batch", "1,2", "--picture"];
    let figures = bench(&models, &[&told[..], &[path.to_str().unwrap()]].concat());
    let batches: Vec<_> = figures["network"].as_array().unwrap().iter().collect();
    assert_eq!(
        batches.iter().map(|it| it["batch"].as_u64()).collect::<Vec<_>>(),
        [Some(1), Some(2)]
    );
    assert!(batches.iter().all(|it| it["ms"].as_f64() > Some(0.0)));
    let http = figures["http"].as_array().unwrap();
    assert_eq!(
        http.iter().map(|it| it["pace"].as_str()).collect::<Vec<_>>(),
        [Some("closed"), Some("closed"), Some("open")]
    );
    for row in http {
        assert!(row["goodput"].as_f64() > Some(0.0), "{row}");
        assert!(row["server_timing_ms"]["infer"]["p50"].as_f64() > Some(0.0), "{row}");
        assert!(row["outer_ms"].is_object() && row["resident_mb"].is_number(), "{row}");
    }
}

#[test]
fn a_server_that_is_not_there_cannot_be_measured() {
    let (_folder, models) = models();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/small", taken.local_addr().unwrap());
    drop(taken);
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/flags/examples/no-flag.jpg");
    let told = ["bench", "--models", &models, "--model", "small", "--url", &url];
    let words = failure(&[&told[..], &["--picture", example]].concat());
    assert!(words.contains("is the server running?"), "{words}");
}
