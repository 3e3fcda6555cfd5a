//! Hosts that answer badly, slowly, or without end. Raw sockets, because no HTTP library would do this.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use server::fetch::{FetchError, Fetcher};

use crate::support::{Host, Names, PICTURE, fetcher, hasty, policy};

/// Sends the start, then the rest over and over until the other side has had enough.
fn forever(start: &'static str, rest: &'static str, pause: Duration) -> Host {
    Host::new(move |mut stream: TcpStream, _| {
        let mut alive = stream.write_all(start.as_bytes());
        while alive.is_ok() {
            std::thread::sleep(pause);
            alive = stream.write_all(rest.as_bytes());
        }
    })
}

/// Fetches with little patience, and makes sure that it does not take longer than that, with room for a slow
/// machine.
async fn fails_soon(host: &Host) -> FetchError {
    let start = Instant::now();
    let error = hasty().fetch(&host.url()).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    error
}

const DRIP: Duration = Duration::from_millis(20);

#[tokio::test]
async fn drips_run_out_of_time() {
    let hosts = [
        forever("", "H", DRIP),
        forever("HTTP/1.1 200 OK\r\n", "X", DRIP),
        forever("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "x", DRIP),
        forever("HTTP/1.1 200 OK\r\n\r\n", "x", DRIP),
        forever("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", DRIP),
        forever("", "HTTP/1.1 100 Continue\r\n\r\n", DRIP),
        forever("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", DRIP),
    ];
    // A host may look broken before it looks slow, as the first does after a few letters.
    for host in &hosts[1..] {
        assert_eq!(fails_soon(host).await, FetchError::Timeout);
    }
    assert!(matches!(fails_soon(&hosts[0]).await, FetchError::Timeout | FetchError::Unreachable));
}

#[tokio::test]
async fn a_host_that_says_nothing_runs_out_of_time() {
    let host = Host::new(|mut stream, _| drop(stream.read(&mut [0])));
    assert_eq!(fails_soon(&host).await, FetchError::Timeout);
    let started = Host::new(|mut stream, _| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"));
        drop(stream.read(&mut [0]));
    });
    assert_eq!(fails_soon(&started).await, FetchError::Timeout);
}

#[tokio::test]
async fn redirects_share_one_time_limit() {
    let host = Host::new(|mut stream, _| {
        std::thread::sleep(Duration::from_millis(120));
        drop(stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"));
    });
    assert_eq!(fails_soon(&host).await, FetchError::Timeout);
}

#[tokio::test]
async fn endless_heads_are_given_up() {
    let hosts = [
        forever("HTTP/1.1 200 OK\r\n", "X-A: aaaaaaaaaaaaaaaaaaaaaaaa\r\n", Duration::ZERO),
        forever("HTTP/1.1 200 OK\r\nX-A: ", "aaaaaaaaaaaaaaaaaaaaaaaa", Duration::ZERO),
        forever("HTTP/1.1 200 ", "aaaaaaaaaaaaaaaaaaaaaaaa", Duration::ZERO),
        forever("", "HTTP/1.1 100 Continue\r\n\r\n", Duration::ZERO),
        forever("", "\r\n", Duration::ZERO),
    ];
    for host in &hosts {
        assert!(matches!(fails_soon(host).await, FetchError::Timeout | FetchError::Unreachable));
    }
}

#[tokio::test]
async fn endless_bodies_are_cut_off() {
    let heads = [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    ];
    let limit = 64 * 1024;
    for head in heads {
        // A thousand bytes and a chunk of as many, whichever it is taken for.
        let host = Host::new(move |mut stream, _| {
            let chunk = ["3e8\r\n", &"x".repeat(1000), "\r\n"].concat();
            let mut alive = stream.write_all(head.as_bytes());
            while alive.is_ok() {
                alive = stream.write_all(chunk.as_bytes());
            }
        });
        assert_eq!(fetcher().fetch(&host.url()).await.unwrap_err(), FetchError::TooLarge { limit });
    }
}

#[tokio::test]
async fn a_large_announcement_is_enough() {
    let limit = 64 * 1024;
    for announced in ["65537", "99999999999", "18446744073709551615"] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\n\r\n");
        let error = fetcher().fetch(&Host::sending(head).url()).await.unwrap_err();
        // The largest numbers are not lengths at all to the HTTP library.
        assert!(
            matches!(error, FetchError::TooLarge { limit: it } if it == limit)
                || error == FetchError::Unreachable && announced.len() == 20
        );
    }
}

#[tokio::test]
async fn lengths_that_lie_are_not_believed() {
    let short = Host::sending("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this");
    assert_eq!(fetcher().fetch(&short.url()).await.unwrap_err(), FetchError::Unreachable);
    let cut =
        Host::sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\nonly this");
    assert_eq!(fetcher().fetch(&cut.url()).await.unwrap_err(), FetchError::Unreachable);
    let long = Host::sending("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more");
    assert_eq!(fetcher().fetch(&long.url()).await.unwrap().bytes, "four");
    for nonsense in ["-1", "x", "4, 5", "4\r\nContent-Length: 5"] {
        let host =
            Host::sending(format!("HTTP/1.1 200 OK\r\nContent-Length: {nonsense}\r\n\r\nfour"));
        assert_eq!(fetcher().fetch(&host.url()).await.unwrap_err(), FetchError::Unreachable);
    }
}

#[tokio::test]
async fn encodings_are_not_undone() {
    for encoding in [
        "gzip",
        "br",
        "zstd",
        "deflate",
        "x-gzip",
        "identity, gzip",
        "Identity\r\nContent-Encoding: gzip",
    ] {
        let host =
            Host::answering(&format!("200 OK\r\nContent-Encoding: {encoding}"), b"\x1f\x8b\x08");
        assert_eq!(
            fetcher().fetch(&host.url()).await.unwrap_err(),
            FetchError::Encoded,
            "{encoding}"
        );
    }
    let plain = Host::answering("200 OK\r\nContent-Encoding: identity", PICTURE);
    assert_eq!(fetcher().fetch(&plain.url()).await.unwrap().bytes, PICTURE);
}

#[tokio::test]
async fn what_is_not_http_is_unreachable() {
    for greeting in [
        "",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "220 mail.example.org ESMTP\r\n",
        "+OK\r\n",
        "\0\0\0\0",
        "HTTP/9.9 200 OK\r\n\r\n",
    ] {
        let host = Host::sending(greeting);
        assert_eq!(
            fetcher().fetch(&host.url()).await.unwrap_err(),
            FetchError::Unreachable,
            "{greeting:?}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(fetcher().fetch(&url).await.unwrap_err(), FetchError::Unreachable);
    let names = Arc::new(Names::default());
    let lost = Fetcher::with_resolver(policy(&[]), names).unwrap();
    let error = lost.fetch("http://nowhere.example.org/").await.unwrap_err();
    assert_eq!(error, FetchError::Unreachable);
}
