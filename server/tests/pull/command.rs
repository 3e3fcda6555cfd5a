//! `vitrine pull` as people run it, with its standard error going to a file and not to a terminal.

use std::path::Path;
use std::process::Command;

use crate::support::{Model, Server, body};

/// What the command wrote to standard error, and whether it succeeded.
fn vitrine(models: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vitrine"));
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    {
        command.env_remove(name);
    }
    let output = command
        .arg("pull")
        .args(arguments)
        .env("VITRINE_MODELS", models)
        .env("no_proxy", "127.0.0.1")
        .env_remove("NO_PROXY")
        .env_remove("VITRINE_MIRROR")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn without_a_terminal_there_is_a_line_at_the_start_and_one_at_the_end() {
    let server = Server::good();
    let model = Model::new();
    let (good, said) = vitrine(model.folder.path(), &[], &[("VITRINE_MIRROR", &server.url())]);
    assert!(good, "{said}");
    model.assert_whole();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert_eq!(lines[0], format!("tiny: downloading 100.00 kB from {}", server.address));
    assert!(lines[1].starts_with("tiny: 100.00 kB are at "), "{said}");

    let (good, said) = vitrine(model.folder.path(), &[], &[]);
    assert!(good && said == "nothing to pull\n", "{said}");
    let (good, said) = vitrine(model.folder.path(), &["tiny"], &[]);
    assert!(good && said.contains("already at"), "{said}");
}

#[test]
fn a_failure_is_one_line_and_exit_code_1() {
    let server = Server::sending("404 Not Found", b"");
    let model = Model::new();
    let (good, said) = vitrine(model.folder.path(), &["tiny", "--mirror", &server.url()], &[]);
    assert!(!good && said.contains("status 404") && said.lines().count() == 1, "{said}");
    model.assert_absent();

    let (good, said) = vitrine(model.folder.path(), &["none"], &[]);
    assert!(!good && said.contains("there is no model \"none\""), "{said}");
}

#[test]
fn the_proxy_of_the_environment_is_asked() {
    let proxy = Server::sending("200 OK", &body());
    let model = Model::new();
    let arguments = ["tiny", "--mirror", "http://mirror.invalid/m"];
    let (good, said) = vitrine(model.folder.path(), &arguments, &[("http_proxy", &proxy.url())]);
    assert!(good, "{said}");
    model.assert_whole();
    let line = "GET http://mirror.invalid/m/a/model.safetensors HTTP/1.1";
    assert_eq!(proxy.asked()[0].line(), line);
}

#[test]
fn a_card_without_a_hash_is_warned_about() {
    let server = Server::good();
    let model = Model::with(&format!("url = {:?}", crate::support::ADDRESS));
    let (good, said) = vitrine(model.folder.path(), &["tiny", "--mirror", &server.url()], &[]);
    assert!(good && said.contains("no sha256"), "{said}");
}
