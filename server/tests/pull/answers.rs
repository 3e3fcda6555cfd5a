//! Answers that are not the file.

use std::io::Write;

use server::pull::{Detour, Mismatch, PullError};

use crate::support::{ADDRESS, BODY_LEN, Model, SHA256, Server, body, send, settings};

#[test]
fn one_wrong_byte_is_noticed_and_nothing_is_kept() {
    let server = Server::new(|_, asked, out| {
        let mut body = body();
        body[50_000] ^= 1;
        send(out, asked, "\"1\"", &body, BODY_LEN);
    });
    let model = Model::new();
    let error = model.pull(&server).unwrap_err();
    assert!(
        matches!(&error, PullError::Wrong { mismatch: Mismatch::Digest { .. }, .. }),
        "{error}"
    );
    model.assert_absent();
    assert_eq!(model.files(), [""; 0]);
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_wrong_byte_after_a_cut_costs_one_more_download_and_no_more() {
    let server = Server::new(|_, asked, out| {
        send(
            out,
            asked,
            "\"1\"",
            &[7; BODY_LEN],
            if asked.from().is_some() { BODY_LEN } else { 40_000 },
        );
    });
    let model = Model::new();
    assert!(model.fail(&server).contains("SHA-256"));
    assert_eq!(model.files(), [""; 0]);
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn another_length_than_the_cards_is_refused_at_once() {
    let model = Model::new();
    let said = model.fail(&Server::sending("200 OK", &body()[1..]));
    assert!(said.contains("99999 bytes instead of 100000"), "{said}");
    assert_eq!(model.files(), [""; 0]);
}

#[test]
fn a_length_that_was_not_announced_is_limited_all_the_same() {
    let server = Server::new(|_, _, out| {
        let _ = out.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        // Without end, were it not for the client.
        while out.write_all(&body()).is_ok() {}
    });
    let model = Model::new();
    assert!(model.fail(&server).contains("instead of 100000"));
    assert_eq!(model.files(), [""; 0]);
}

#[test]
fn a_promise_of_less_than_the_file_is_noticed() {
    let model = Model::with(&format!("url = {ADDRESS:?}\nsha256 = {SHA256:?}"));
    let server = Server::new(|_, _, out| {
        let _ = out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99990\r\n\r\n");
        let _ = out.write_all(&body());
    });
    assert!(model.fail(&server).contains("SHA-256"));
}

#[test]
fn more_than_fits_on_the_disk_is_not_begun() {
    let model = Model::with(&format!("url = {ADDRESS:?}"));
    let server = Server::new(|_, _, out| {
        let _ = write!(out, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\nx", 1_u64 << 60);
    });
    let said = model.fail(&server);
    assert!(said.contains("make room"), "{said}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn nothing_is_not_a_file() {
    let model = Model::with(&format!("url = {ADDRESS:?}"));
    assert!(model.fail(&Server::sending("200 OK", b"")).contains("not all of the file came"));
    assert_eq!(model.files(), [""; 0]);
}

#[test]
fn a_web_page_is_recognised_by_its_type() {
    let model = Model::new();
    let said =
        model.fail(&Server::sending("200 OK\r\nContent-Type: Text/HTML; charset=utf-8", b"hi"));
    assert!(said.contains("web page"), "{said}");
}

#[test]
fn a_web_page_is_recognised_by_its_beginning() {
    let model = Model::with(&format!("url = {ADDRESS:?}"));
    let page = b"\n <!DOCTYPE html><title>Sign in</title>";
    let said =
        model.fail(&Server::sending("200 OK\r\nContent-Type: application/octet-stream", page));
    assert!(said.contains("web page"), "{said}");
    assert_eq!(model.files(), [""; 0]);
}

#[test]
fn a_web_page_does_not_spoil_the_piece_that_is_here() {
    let page = Server::sending("200 OK\r\nContent-Type: text/html", b"<html>");
    let model = Model::new();
    model.leave(&page, &body()[..70_000], "\"1\"");
    model.fail(&page);
    assert_eq!(std::fs::read(model.file(".part")).unwrap().len(), 70_000);
}

#[test]
fn refusals_are_final() {
    for (status, advice) in [("404 Not Found", "correct weights.url"), ("403 Forbidden", "refuses")]
    {
        let server = Server::sending(status, b"no");
        let model = Model::new();
        let said = model.fail(&server);
        assert!(said.contains(&status[..3]) && said.contains(advice), "{said}");
        assert_eq!(server.asked().len(), 1);
        assert_eq!(model.files(), [""; 0]);
    }
}

#[test]
fn a_server_in_trouble_is_asked_again() {
    let server = Server::new(|number, asked, out| {
        if number < 2 {
            let _ = out.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        } else {
            send(out, asked, "\"1\"", &body(), BODY_LEN);
        }
    });
    let model = Model::new();
    model.pull(&server).unwrap();
    model.assert_whole();

    let server = Server::sending("502 Bad Gateway", b"");
    let model = Model::new();
    assert!(model.fail(&server).contains("try again later"));
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn redirects_are_followed_with_the_range() {
    let good = Server::good();
    let there = format!("{}/elsewhere?signature=1", good.url());
    let server = Server::sending(&format!("302 Found\r\nLocation: {there}"), b"");
    let model = Model::new();
    model.leave(&server, &body()[..70_000], "\"1\"");
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(good.asked()[0].from(), Some(70_000));
    assert!(good.asked()[0].line().starts_with("GET /elsewhere?signature=1 "));
}

#[test]
fn redirects_in_a_circle_are_left() {
    let server = Server::sending("307 Temporary Redirect\r\nLocation: /again", b"");
    let model = Model::new();
    let error = model.pull(&server).unwrap_err();
    assert!(matches!(error, PullError::Redirect { detour: Detour::TooMany, .. }), "{error:?}");
    model.assert_absent();
    assert_eq!(server.asked().len(), 11);
}

#[test]
fn nobody_there_is_said_so() {
    // A port that was free a moment ago.
    let server = Server::good();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut settings = settings(&server);
    settings.mirror = Some(format!("http://{free}").parse().unwrap());
    let model = Model::new();
    let said = model.pull_with(settings).unwrap_err().to_string();
    assert!(said.contains("cannot reach 127.0.0.1") && said.contains("--mirror"), "{said}");
    model.assert_absent();
    assert_eq!(model.files(), [""; 0]);
}
