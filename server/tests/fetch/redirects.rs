//! Answers that send the fetcher somewhere else.

use std::io::Write;

use server::fetch::{Denied, FetchError, FetchMode, FetchPolicy, Fetcher};

use crate::support::{Host, PICTURE, fetcher, policy};

fn redirecting(status: u16, location: &str) -> Host {
    Host::answering(&format!("{status} Elsewhere\r\nLocation: {location}"), b"")
}

#[tokio::test]
async fn good_redirects_are_followed() {
    let host = Host::new(|mut stream, request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let answer = match path {
            "/a/1" => b"HTTP/1.1 301 Moved\r\nLocation: 2?x=y\r\n\r\n".to_vec(),
            "/a/2?x=y" => b"HTTP/1.1 307 Elsewhere\r\nLocation: ../b/3#part\r\n\r\n".to_vec(),
            "/b/3" => b"HTTP/1.1 303 See\r\nLocation: /\xc3\xbc\r\n\r\n".to_vec(),
            "/%C3%BC" => [b"HTTP/1.1 200 OK\r\n\r\n", PICTURE].concat(),
            _ => b"HTTP/1.1 404 Not Found\r\n\r\n".to_vec(),
        };
        drop(stream.write_all(&answer));
    });
    let fetched = fetcher().fetch(&format!("{}a/1#top", host.url())).await.unwrap();
    assert_eq!(fetched.bytes, PICTURE);
    assert_eq!(fetched.final_url.as_str(), format!("{}%C3%BC", host.url()));
    assert_eq!(host.connections(), 4);
}

#[tokio::test]
async fn a_loop_ends_after_three_redirects() {
    for status in [301, 302, 303, 307, 308] {
        let host = redirecting(status, "/");
        assert_eq!(fetcher().fetch(&host.url()).await.unwrap_err(), FetchError::TooManyRedirects);
        assert_eq!(host.connections(), 4);
    }
}

#[tokio::test]
async fn a_redirect_gets_nowhere_the_first_address_would_not() {
    let trap = Host::at("127.0.0.2:0", |_, _| ());
    let port = trap.address.port();
    let cases = [
        ("file:///etc/passwd", "url_not_allowed"),
        ("gopher://127.0.0.1/_x", "url_not_allowed"),
        ("data:image/png;base64,iVBORw0KGgo=", "url_not_allowed"),
        ("ftp://127.0.0.1/", "url_not_allowed"),
        ("http://169.254.169.254/latest/meta-data/", "url_not_allowed"),
        ("//169.254.169.254/", "url_not_allowed"),
        ("http://[fd00:ec2::254]/", "url_not_allowed"),
        ("http://0xa9fea9fe/", "url_not_allowed"),
        ("http://metadata.google.internal/", "url_not_allowed"),
        ("http://localhost/", "url_not_allowed"),
        (&format!("http://127.0.0.2:{port}/"), "url_not_allowed"),
        (&format!("//127.2:{port}/"), "url_not_allowed"),
        (&format!("http://[::ffff:127.0.0.2]:{port}/"), "url_not_allowed"),
        (&format!("http://[::1]:{port}/"), "url_not_allowed"),
        ("http://user:word@127.0.0.1/", "url_not_allowed"),
        ("http://127.0.0.1:0/", "url_not_allowed"),
        ("http://[::1/", "url_invalid"),
        ("/\\127.0.0.2/", "url_invalid"),
        (&format!("/{}", "a".repeat(2048)), "url_invalid"),
    ];
    for (location, code) in cases {
        let host = redirecting(302, location);
        let error = fetcher().fetch(&host.url()).await.unwrap_err();
        assert_eq!(error.code(), code, "{location}: {error}");
        assert_eq!(host.connections(), 1);
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn an_allow_list_holds_for_redirects() {
    let trap = Host::at("127.0.0.2:0", |_, _| ());
    let host = redirecting(302, &trap.url());
    let policy = FetchPolicy { mode: FetchMode::Allowlist, ..policy(&["127.0.0.1"]) };
    let error = Fetcher::new(policy).unwrap().fetch(&host.url()).await.unwrap_err();
    assert_eq!(error, FetchError::NotAllowed(Denied::Host));
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_a_status() {
    let aimless = Host::answering("302 Found", b"");
    assert_eq!(fetcher().fetch(&aimless.url()).await.unwrap_err(), FetchError::UpstreamStatus(302));
    // Only five statuses redirect, whatever the headers say.
    for status in [201, 300, 304, 305, 399] {
        let host = redirecting(status, "/elsewhere");
        let error = fetcher().fetch(&host.url()).await.unwrap_err();
        assert_eq!(error, FetchError::UpstreamStatus(status));
        assert_eq!(host.connections(), 1);
    }
}
