//! Ordinary answers, and the limits they run into.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use server::fetch::{FetchError, FetchPolicy, Fetcher, LOOP_HEADER};

use crate::support::{Host, PICTURE, fetcher, policy};

#[tokio::test]
async fn a_picture_arrives_as_it_was_sent() {
    let length = PICTURE.len();
    let text = String::from_utf8_lossy(&PICTURE[1..]);
    let hosts = [
        Host::answering("200 OK\r\nContent-Type: image/png", PICTURE),
        Host::answering("200 OK", PICTURE),
        // Wrong, but the bytes decide.
        Host::answering("200 OK\r\nContent-Type: text/plain", PICTURE),
        Host::answering("200 OK\r\nContent-Type: image/text/html", PICTURE),
        Host::sending([b"HTTP/1.0 200 OK\r\n\r\n", PICTURE].concat()),
        Host::sending(
            [
                format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n")
                    .as_bytes(),
                PICTURE,
                b"\r\n0\r\n\r\n",
            ]
            .concat(),
        ),
        Host::sending(
            [b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", PICTURE].concat(),
        ),
    ];
    assert!(text.starts_with("PNG"));
    for host in &hosts {
        let url = format!("{}cat.png?size=large#middle", host.url());
        let fetched = fetcher().fetch(&url).await.unwrap();
        assert_eq!(fetched.bytes, PICTURE);
        assert_eq!(fetched.final_url.as_str(), url.trim_end_matches("#middle"));
    }
}

#[tokio::test]
async fn the_request_says_who_asks_and_nothing_else() {
    let seen = Arc::new(Mutex::new(String::new()));
    let copy = Arc::clone(&seen);
    let host = Host::new(move |mut stream, request| {
        *copy.lock().unwrap() = request.to_ascii_lowercase();
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 1\r\n\r\nx"));
    });
    let fetcher = fetcher();
    for _ in 0..2 {
        fetcher.fetch(&host.url()).await.unwrap();
        let request = seen.lock().unwrap().clone();
        let mut names: Vec<_> =
            request.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent", LOOP_HEADER]);
        assert!(request.starts_with("get / http/1.1\r\n"));
        assert!(request.contains("\r\naccept: image/*\r\n"));
        assert!(request.contains("\r\naccept-encoding: identity\r\n"));
        assert!(request.contains("\r\nuser-agent: vitrine/"));
    }
    assert_eq!(host.connections(), 2);
}

#[tokio::test]
async fn the_limit_itself_is_within_the_limit() {
    let limit = PICTURE.len() as u64;
    for (max_bytes, fits) in [(limit + 1, true), (limit, true), (limit - 1, false)] {
        let policy = FetchPolicy { max_bytes, ..policy(&["127.0.0.1"]) };
        let fetcher = Fetcher::new(policy).unwrap();
        let announced = Host::answering("200 OK", PICTURE);
        let until_close = Host::sending([b"HTTP/1.1 200 OK\r\n\r\n", PICTURE].concat());
        for host in [announced, until_close] {
            match fetcher.fetch(&host.url()).await {
                Ok(fetched) => assert!(fits && fetched.bytes == PICTURE),
                Err(error) => assert!(!fits && error == FetchError::TooLarge { limit: max_bytes }),
            }
        }
    }
}

#[tokio::test]
async fn only_200_is_an_answer() {
    for status in [204, 206, 400, 401, 403, 404, 410, 418, 429, 500, 503] {
        let host = Host::answering(&format!("{status} So"), b"");
        let error = fetcher().fetch(&host.url()).await.unwrap_err();
        assert_eq!(error, FetchError::UpstreamStatus(status));
        assert_eq!(error.code(), "fetch_status");
    }
}

#[tokio::test]
async fn web_pages_are_refused_by_their_type() {
    for kind in ["text/html", "text/html; charset=utf-8", "TEXT/HTML", "application/xhtml+xml"] {
        let host = Host::answering(&format!("200 OK\r\nContent-Type: {kind}"), b"<!doctype html>");
        let error = fetcher().fetch(&host.url()).await.unwrap_err();
        assert_eq!(error, FetchError::NotAnImage);
    }
}

#[tokio::test]
async fn a_fetch_too_many_is_refused_and_not_queued() {
    let host = Host::new(|mut stream, request| {
        if request.starts_with("GET /slow ") {
            drop(stream.read(&mut [0]));
        }
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"));
    });
    let fetcher = Fetcher::new(FetchPolicy { slots: 1, ..policy(&["127.0.0.1"]) }).unwrap();
    let slow = {
        let (fetcher, url) = (fetcher.clone(), format!("{}slow", host.url()));
        tokio::spawn(async move { fetcher.fetch(&url).await })
    };
    while host.connections() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(fetcher.fetch(&host.url()).await.unwrap_err(), FetchError::Busy);
    // Whoever goes away gives the slot back.
    slow.abort();
    assert!(slow.await.unwrap_err().is_cancelled());
    assert_eq!(fetcher.fetch(&host.url()).await.unwrap().bytes, "x");
}
