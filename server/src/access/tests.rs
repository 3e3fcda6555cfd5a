use std::fs;

use http::{HeaderValue, Method};
use tempfile::TempDir;

use super::*;

const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

/// Access by keys, the folder of their file, and a key for each of the additions to its entry.
fn keyed(additions: &[&str]) -> (Access, TempDir, Vec<String>) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("keys.toml");
    let keys: Vec<_> = additions.iter().map(|_| generate().expect("random bits")).collect();
    let entries = keys.iter().zip(additions).enumerate();
    let text: String =
        entries.map(|(i, (key, more))| entry(&format!("k{i}"), key) + more + "\n").collect();
    fs::write(&file, text).expect("a file");
    let keys_read = Arc::new(KeyRing::read(&file).expect("keys"));
    (Access { keys: Some(keys_read), ..Access::default() }, folder, keys)
}

/// The headers of a request.
type Headers<'a> = &'a [(&'a str, &'a str)];

fn check(access: &Access, method: &Method, path: &str, headers: Headers<'_>) -> (u16, String) {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().expect("a name");
        map.insert(name, HeaderValue::from_str(value).expect("a value"));
    }
    let uri = path.parse().expect("a path");
    match access.check(method, &uri, &map, PEER) {
        Ok(grant) => (200, grant.key.unwrap_or_default()),
        Err(refusal) => (refusal.problem.status, refusal.problem.code),
    }
}

fn said(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[test]
fn a_key_is_taken_in_either_header_and_nothing_else_is() {
    let (access, _folder, keys) = keyed(&["", "disabled = true"]);
    let post = |headers: &[(&str, &str)]| check(&access, &Method::POST, "/flags", headers);
    assert_eq!(post(&[]), said(401, "key_missing"));
    assert_eq!(post(&[("authorization", "Basic abc")]), said(401, "key_missing"));
    assert_eq!(post(&[("x-api-key", "vitrine_wrong")]), said(401, "key_unknown"));
    assert_eq!(post(&[("x-api-key", "")]), said(401, "key_unknown"));
    assert_eq!(post(&[("x-api-key", &keys[1])]), said(403, "key_disabled"));
    assert_eq!(post(&[("x-api-key", &keys[0])]), said(200, "k0"));
    assert_eq!(post(&[("authorization", &format!("bearer {}", keys[0]))]), said(200, "k0"));
    // What stands in the file does not open the door.
    let listed = entry("k0", &keys[0]);
    let digest = listed.split('"').nth(3).expect("a digest");
    assert_eq!(post(&[("x-api-key", digest)]), said(401, "key_unknown"));
}

#[test]
fn probes_are_open_and_the_page_is_when_it_is_said_to_be() {
    let (mut access, _folder, _) = keyed(&[""]);
    let html = [("accept", "text/html,*/*")];
    let cases: [(&Method, &str, Headers<'_>, u16); 6] = [
        (&Method::GET, "/", &[], 401),
        (&Method::GET, "/flags?url=http://a/", &[], 401),
        (&Method::POST, "/api/classify_url", &[], 401),
        (&Method::POST, "/flags", &html, 401),
        (&Method::GET, "/livez", &[], 200),
        (&Method::GET, "/readyz", &[], 200),
    ];
    for (method, path, headers, status) in cases {
        assert_eq!(check(&access, method, path, headers).0, status, "{path}");
    }
    access.page_open = true;
    for (method, path, headers, _) in cases {
        assert_eq!(check(&access, method, path, headers).0, 200, "{path}");
    }
    assert_eq!(check(&access, &Method::POST, "/flags", &[]).0, 401, "programs need one still");
    let wrong = [("x-api-key", "wrong")];
    assert_eq!(check(&access, &Method::GET, "/", &wrong).0, 401, "a wrong key is no key");
}

#[test]
fn a_key_has_a_rate_of_its_own() {
    let (mut access, _folder, keys) = keyed(&["rate = \"1/h,2\"", ""]);
    access.rate = Some("1/h".parse().expect("a rate"));
    let post = |key: &str| check(&access, &Method::POST, "/flags", &[("x-api-key", key)]).0;
    assert_eq!([post(&keys[0]), post(&keys[0]), post(&keys[0])], [200, 200, 429]);
    assert_eq!([post(&keys[1]), post(&keys[1])], [200, 429], "that of everybody");
}

#[test]
fn only_what_is_classified_counts() {
    let access = Access { rate: Some("1/h".parse().expect("a rate")), ..Access::default() };
    for _ in 0..3 {
        assert_eq!(check(&access, &Method::GET, "/flags", &[]).0, 200);
        assert_eq!(check(&access, &Method::POST, "/api/model", &[]).0, 200);
    }
    assert_eq!(check(&access, &Method::GET, "/flags?url=http://a/", &[]).0, 200);
    assert_eq!(check(&access, &Method::POST, "/flags", &[]), said(429, "rate_limited"));
    let spoofed = [("x-forwarded-for", "198.51.100.1")];
    assert_eq!(check(&access, &Method::POST, "/flags", &spoofed).0, 429);
}

#[test]
fn a_file_that_is_no_good_leaves_the_keys_as_they_were_and_is_not_quoted() {
    let (access, folder, keys) = keyed(&[""]);
    let ring = access.keys.clone().expect("keys");
    let file = folder.path().join("keys.toml");
    let post = |key: &str| check(&access, &Method::POST, "/flags", &[("x-api-key", key)]).0;
    for text in [
        "[[key]]\nname = \"secret-word\"\nsha256 = \"12\"",
        "[[key]]\nname = 7",
        "secret-word",
        "[[key]]\nname = \"a\"\nsha256 = \"0\"\nrat = 1",
    ] {
        fs::write(&file, text).expect("a file");
        let error = ring.reload().expect_err("no good").to_string();
        assert!(error.contains("keys.toml"), "{error}");
        assert_eq!(post(&keys[0]), 200);
    }
    let other = generate().expect("random bits");
    fs::write(&file, entry("other", &other)).expect("a file");
    assert_eq!(ring.reload().expect("good"), 1);
    assert_eq!((post(&keys[0]), post(&other)), (401, 200));
}

#[test]
fn two_keys_are_never_alike_and_are_never_printed() {
    let (a, b) = (generate().expect("random bits"), generate().expect("random bits"));
    assert_ne!(a, b);
    assert_eq!(a.len(), "vitrine_".len() + 43, "256 bits in base64");
    let (access, _folder, keys) = keyed(&[""]);
    let printed = format!("{access:?}");
    assert!(!printed.contains(&keys[0]) && !printed.contains("digest"), "{printed}");
}
