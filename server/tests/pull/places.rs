//! Where the file comes from and goes to.

use std::fs::File;

use server::pull::{Outcome, Pull, PullError, Settings};

use crate::support::{ADDRESS, BODY_LEN, Model, Server, body, settings};

#[test]
fn a_file_is_pulled_from_the_path_that_the_card_names() {
    let server = Server::good();
    let model = Model::new();
    let outcome = model.pull(&server).unwrap();
    assert_eq!(outcome, Outcome::Pulled { bytes: BODY_LEN as u64, verified: true });
    model.assert_whole();
    assert_eq!(server.asked()[0].line(), "GET /a/model.safetensors HTTP/1.1");
    assert_eq!(server.asked()[0].header("accept-encoding"), Some("identity"));
}

#[test]
fn what_is_there_is_checked_and_not_pulled() {
    let server = Server::good();
    let model = Model::new();
    std::fs::write(model.file(""), body()).unwrap();
    assert_eq!(model.pull(&server).unwrap(), Outcome::Present { verified: true });

    std::fs::write(model.file(""), b"something else").unwrap();
    let said = model.pull(&server).unwrap_err().to_string();
    assert!(said.contains("14 bytes instead of 100000") && said.contains("--force"), "{said}");
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn force_replaces_what_is_there_only_with_something_good() {
    let model = Model::new();
    std::fs::write(model.file(""), b"something else").unwrap();
    let bad = Server::sending("200 OK", &[0; BODY_LEN]);
    model.pull_with(Settings { force: true, ..settings(&bad) }).unwrap_err();
    assert_eq!(std::fs::read(model.file("")).unwrap(), b"something else");

    let good = Server::good();
    model.pull_with(Settings { force: true, ..settings(&good) }).unwrap();
    model.assert_whole();
}

#[test]
fn a_card_without_a_fingerprint_is_trusted() {
    let model = Model::with(&format!("url = {ADDRESS:?}"));
    let outcome = model.pull(&Server::good()).unwrap();
    assert_eq!(outcome, Outcome::Pulled { bytes: BODY_LEN as u64, verified: false });
    model.assert_whole();
}

#[test]
fn a_card_without_an_address_is_of_no_help() {
    let said = Model::with("").fail(&Server::good());
    assert!(said.contains("no weights.url"), "{said}");
}

#[test]
fn two_pulls_do_not_write_one_file() {
    let server = Server::good();
    let model = Model::new();
    let lock = File::create(model.file(".lock")).unwrap();
    lock.lock().unwrap();
    let error = model.pull(&server).unwrap_err();
    assert!(matches!(error, PullError::Busy(_)), "{error}");
    model.assert_absent();
    assert_eq!(server.asked().len(), 0);
    // A lock whose holder is gone is in nobody's way.
    drop(lock);
    model.pull(&server).unwrap();
    model.assert_whole();
}

#[test]
fn a_mirror_must_be_on_the_web() {
    let mirror = Some("ftp://127.0.0.1/".parse().unwrap());
    let error = Pull::new(Settings { mirror, ..Settings::default() }).unwrap_err();
    assert!(matches!(error, PullError::Mirror(_)), "{error}");
}
