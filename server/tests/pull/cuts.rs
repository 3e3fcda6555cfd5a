//! Downloads that end too early, and what becomes of the piece.

use std::io::Write;
use std::time::{Duration, Instant};

use server::pull::PullError;

use crate::support::{Asked, BODY_LEN, Model, Server, body, send};

#[test]
fn a_cut_is_continued_in_the_same_run() {
    let server = Server::new(|number, asked, out| {
        send(out, asked, "\"1\"", &body(), if number == 0 { 40_000 } else { BODY_LEN });
    });
    let model = Model::new();
    model.pull(&server).unwrap();
    model.assert_whole();
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].from(), None);
    assert_eq!(asked[1].from(), Some(40_000));
    assert_eq!(asked[1].header("if-range"), Some("\"1\""));
}

#[test]
fn a_cut_is_continued_by_date_where_there_is_no_strong_tag() {
    const DATE: &str = "Sun, 01 Jan 2023 00:00:00 GMT";
    let server = Server::new(|number, asked, out| {
        if number == 0 {
            let _ = write!(
                out,
                "HTTP/1.1 200 OK\r\nContent-Length: {BODY_LEN}\r\nETag: W/\"1\"\r\n\
                 Last-Modified: {DATE}\r\n\r\n"
            );
            let _ = out.write_all(&body()[..10]);
        } else {
            // With a tag that reads like the date, which is all the same to the client.
            send(out, asked, DATE, &body(), BODY_LEN);
        }
    });
    let model = Model::new();
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(server.asked()[1].header("if-range"), Some(DATE));
}

#[test]
fn a_server_that_always_cuts_is_given_up_and_continued_later() {
    let server = Server::new(|_, asked, out| send(out, asked, "\"1\"", &body(), 30_000));
    let model = Model::new();
    let said = model.fail(&server);
    assert!(said.contains("broke off") && said.contains("pull again"), "{said}");
    assert_eq!(model.files(), ["model.safetensors.part", "model.safetensors.part.json"]);
    assert_eq!(server.asked().len(), 3);
    // 90 000 bytes are here, and the fourth piece is the last.
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(server.asked()[3].from(), Some(90_000));
}

#[test]
fn what_a_killed_pull_left_is_continued() {
    let server = Server::good();
    let model = Model::new();
    model.leave(&server, &body()[..70_000], "\"1\"");
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(server.asked()[0].from(), Some(70_000));
}

#[test]
fn a_pull_killed_before_the_renaming_asks_for_nothing() {
    let server = Server::good();
    let model = Model::new();
    model.leave(&server, &body(), "\"1\"");
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn a_piece_of_unknown_origin_is_not_continued() {
    let server = Server::good();
    let model = Model::new();
    std::fs::write(model.file(".part"), b"who knows").unwrap();
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(server.asked()[0].from(), None);
}

#[test]
fn a_spoilt_piece_costs_another_download_but_no_failure() {
    let server = Server::good();
    let model = Model::new();
    model.leave(&server, &[0; 70_000], "\"1\"");
    model.pull(&server).unwrap();
    model.assert_whole();
    let from: Vec<_> = server.asked().iter().map(Asked::from).collect();
    assert_eq!(from, [Some(70_000), None]);
}

#[test]
fn a_file_that_changes_between_attempts_is_begun_anew() {
    let server = Server::new(|number, asked, out| {
        if number == 0 {
            send(out, asked, "\"old\"", &[7; BODY_LEN], 40_000);
        } else {
            send(out, asked, "\"new\"", &body(), BODY_LEN);
        }
    });
    let model = Model::new();
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_piece_of_a_changed_file_is_refused_even_where_if_range_is_not_known() {
    let server = Server::new(|number, asked, out| match (number, asked.from()) {
        (0, _) => send(out, asked, "\"old\"", &[7; BODY_LEN], 40_000),
        (_, Some(from)) => {
            let (last, rest) = (BODY_LEN - 1, BODY_LEN - from);
            let _ = write!(
                out,
                "HTTP/1.1 206 Partial Content\r\nETag: \"new\"\r\nContent-Length: {rest}\r\n\
                 Content-Range: bytes {from}-{last}/{BODY_LEN}\r\n\r\n"
            );
            let _ = out.write_all(&body()[from..]);
        }
        _ => send(out, asked, "\"new\"", &body(), BODY_LEN),
    });
    let model = Model::new();
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn a_server_that_ignores_ranges_sends_all_of_it_again() {
    let server = Server::new(|number, _, out| {
        let _ = write!(out, "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: {BODY_LEN}\r\n\r\n");
        let _ = out.write_all(&body()[..if number == 0 { 40_000 } else { BODY_LEN }]);
    });
    let model = Model::new();
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(server.asked()[1].from(), Some(40_000));
}

#[test]
fn a_range_beyond_the_end_begins_anew() {
    let server = Server::new(|number, asked, out| {
        if number == 0 {
            let _ =
                out.write_all(b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n");
        } else {
            send(out, asked, "\"1\"", &body(), BODY_LEN);
        }
    });
    let model = Model::new();
    model.leave(&server, &[1; 70_000], "\"1\"");
    model.pull(&server).unwrap();
    model.assert_whole();
    assert_eq!(server.asked()[1].from(), None);
}

#[test]
fn a_server_that_falls_silent_is_not_waited_for() {
    let server = Server::new(|_, asked, out| {
        send(out, asked, "\"1\"", &body(), 10_000);
        // Longer than the client waits; the connection stays open.
        let out = out.try_clone().unwrap();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(20));
            drop(out);
        });
    });
    let model = Model::new();
    let began = Instant::now();
    let error = model.pull(&server).unwrap_err();
    assert!(matches!(error, PullError::Stalled { .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(15));
    model.assert_absent();
    assert_eq!(server.asked()[1].from(), Some(10_000));
}

#[test]
fn a_promise_of_more_than_comes_is_a_cut() {
    // The card does not know the size, so that the promise is believed.
    let model = Model::with(&format!(
        "url = {:?}\nsha256 = {:?}",
        crate::support::ADDRESS,
        crate::support::SHA256
    ));
    let server = Server::new(|_, _, out| {
        let promised = BODY_LEN + 10;
        let _ = write!(out, "HTTP/1.1 200 OK\r\nContent-Length: {promised}\r\n\r\n");
        let _ = out.write_all(&body());
    });
    let said = model.fail(&server);
    assert!(said.contains("broke off"), "{said}");
}
