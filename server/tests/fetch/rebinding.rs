//! Names that change their mind.

use std::io::Write;
use std::sync::Arc;

use server::fetch::{Denied, FetchError, Fetcher};

use crate::support::{Host, Names, PICTURE, policy};

/// A trap at 127.0.0.1 and a host at the same port of 127.0.0.2, which sends one path in a circle.
fn pair() -> (Host, Host) {
    let trap = Host::trap();
    let beside = format!("127.0.0.2:{}", trap.address.port());
    let host = Host::at(&beside, |mut stream, request| {
        let answer = if request.starts_with("GET /again ") {
            "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n".into()
        } else {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", PICTURE.len());
            [head.as_bytes(), PICTURE].concat()
        };
        drop(stream.write_all(&answer));
    });
    (trap, host)
}

#[tokio::test]
async fn a_hop_has_one_look_up() {
    let (trap, host) = pair();
    let names =
        Arc::new(Names::default().with("www.example.org", &[&["127.0.0.2"], &["127.0.0.1"]]));
    let fetcher =
        Fetcher::with_resolver(policy(&["127.0.0.2/32"]), Arc::clone(&names) as _).unwrap();
    let url = format!("http://www.example.org:{}/", trap.address.port());
    assert_eq!(fetcher.fetch(&url).await.unwrap().bytes, PICTURE);
    assert_eq!(names.asked(), ["www.example.org"]);
    // The next fetch starts over, with nothing kept from the last.
    assert_eq!(fetcher.fetch(&url).await.unwrap_err(), FetchError::NotAllowed(Denied::Host));
    assert_eq!((host.connections(), trap.connections()), (1, 0));
}

#[tokio::test]
async fn a_redirect_is_checked_like_the_first_address() {
    let (trap, host) = pair();
    let names =
        Arc::new(Names::default().with("www.example.org", &[&["127.0.0.2"], &["127.0.0.1"]]));
    let fetcher =
        Fetcher::with_resolver(policy(&["127.0.0.2/32"]), Arc::clone(&names) as _).unwrap();
    let url = format!("http://www.example.org:{}/again", trap.address.port());
    assert_eq!(fetcher.fetch(&url).await.unwrap_err(), FetchError::NotAllowed(Denied::Host));
    assert_eq!(names.asked(), ["www.example.org"; 2]);
    assert_eq!((host.connections(), trap.connections()), (1, 0));
}

#[tokio::test]
async fn a_trailing_dot_and_capitals_are_the_same_name() {
    let (trap, host) = pair();
    let names = Arc::new(Names::default().with("www.example.org", &[&["127.0.0.2"]]));
    let fetcher =
        Fetcher::with_resolver(policy(&["www.example.org"]), Arc::clone(&names) as _).unwrap();
    let url = format!("http://WWW.Example.ORG.:{}/", trap.address.port());
    let fetched = fetcher.fetch(&url).await.unwrap();
    assert_eq!(fetched.final_url.host_str(), Some("www.example.org"));
    assert_eq!((host.connections(), trap.connections()), (1, 0));
}
