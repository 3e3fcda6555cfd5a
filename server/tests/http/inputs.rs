//! Every way to hand over a picture or an address.

use app::classify::Picture;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::StatusCode;

use crate::{MAX_UPLOAD, ask, backend::PIXEL, post};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=XX";

fn multipart(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map_or_else(String::new, |file| format!("; filename=\"{file}\""));
        let head = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XX--\r\n");
    body
}

async fn picture(path: &str, kind: &str, body: impl Into<axum::body::Body>) -> Picture {
    let (question, reply) = ask(post(path, kind, "*/*", body)).await;
    question.unwrap_or_else(|| panic!("refused: {} {}", reply.status, reply.body)).picture
}

async fn code(path: &str, kind: &str, body: impl Into<axum::body::Body>) -> (StatusCode, String) {
    let (question, reply) = ask(post(path, kind, "application/json", body)).await;
    assert!(question.is_none(), "the classifier was asked");
    (reply.status, reply.json()["code"].as_str().unwrap().to_owned())
}

fn is_pixel(picture: &Picture) -> bool {
    matches!(picture, Picture::Bytes { bytes, .. } if bytes == PIXEL)
}

fn is_url(picture: &Picture, expected: &str) -> bool {
    matches!(picture, Picture::Url(url) if url == expected)
}

#[tokio::test]
async fn an_address_in_a_form_with_blanks_around_it() {
    assert!(is_url(&picture("/vgg", FORM, "url=%20http://a/%20").await, "http://a/"));
}

#[tokio::test]
async fn a_number_is_whole_by_its_value() {
    let body = r#"{"example": "one.png", "top_k": 3.0}"#;
    let (question, _) = ask(post("/vgg", "application/json", "*/*", body)).await;
    assert_eq!(question.unwrap().top_k, 3);
    let body = r#"{"example": "one.png", "top_k": 2.5}"#;
    assert_eq!(code("/vgg", "application/json", body).await.1, "json_invalid");
}

#[tokio::test]
async fn an_address_that_is_passed_over_has_to_be_one() {
    let image = STANDARD.encode(PIXEL);
    let body = |url: &str| format!(r#"{{"image": "{image}", "url": "{url}"}}"#);
    assert!(is_pixel(&picture("/vgg", "application/json", body("https://a/")).await));
    assert!(is_pixel(&picture("/vgg", "application/json", body("")).await));
    assert_eq!(code("/vgg", "application/json", body("cat.jpg")).await.1, "url_invalid");
}

#[tokio::test]
async fn the_last_address_wins_and_the_body_comes_after_the_query() {
    assert!(is_url(
        &picture("/vgg?url=http://q/", FORM, "url=http://a/&url=http://b/").await,
        "http://b/"
    ));
    assert!(is_url(&picture("/vgg?url=http://q/", FORM, "").await, "http://q/"));
    assert!(is_url(&picture("/vgg?url=http://q/", "", "").await, "http://q/"));
}

#[tokio::test]
async fn a_picture_as_the_body_whatever_it_is_called() {
    for kind in ["image/png", "application/octet-stream", "", FORM, "text/plain"] {
        assert!(is_pixel(&picture("/vgg", kind, PIXEL).await), "{kind}");
    }
}

#[tokio::test]
async fn a_picture_in_a_multipart_form() {
    let body = multipart(&[("url", None, b""), ("image", Some("cat.png"), PIXEL)]);
    let Picture::Bytes { bytes, name } = picture("/vgg", MULTIPART, body).await else {
        panic!("not a picture");
    };
    assert_eq!((&bytes[..], name.as_deref()), (PIXEL, Some("cat.png")));
}

#[tokio::test]
async fn an_address_in_a_multipart_form_with_an_empty_picker() {
    let body = multipart(&[("image", Some(""), b""), ("url", None, b"http://a/")]);
    assert!(is_url(&picture("/vgg", MULTIPART, body).await, "http://a/"));
}

#[tokio::test]
async fn a_picked_file_wins_over_an_address_left_in_the_form() {
    let body = multipart(&[("image", Some("a.png"), PIXEL), ("url", None, b"http://a/")]);
    assert!(is_pixel(&picture("/vgg", MULTIPART, body).await));
}

#[tokio::test]
async fn json_with_an_address_or_a_picture() {
    let json = "application/json";
    assert!(is_url(&picture("/vgg", json, r#"{"url":"http://a/"}"#).await, "http://a/"));
    let body = format!(r#"{{"image":"{}"}}"#, STANDARD.encode(PIXEL));
    assert!(is_pixel(&picture("/vgg", "application/json; charset=utf-8", body).await));
}

#[tokio::test]
async fn nothing_means_the_first_example() {
    assert!(matches!(picture("/vgg", "", "").await, Picture::Example(None)));
    assert!(matches!(picture("/vgg", FORM, "url=").await, Picture::Example(None)));
    let body = multipart(&[("url", None, b""), ("image", Some(""), b"")]);
    assert!(matches!(picture("/vgg", MULTIPART, body).await, Picture::Example(None)));
}

#[tokio::test]
async fn an_example_by_its_name() {
    let picture = picture("/vgg", FORM, "example=one.png").await;
    assert!(matches!(picture, Picture::Example(Some(file)) if file == "one.png"));
}

/// Protects whoever sends rubbish with curl from being told that nothing came.
#[tokio::test]
async fn what_cannot_be_a_form_is_looked_at_as_a_picture() {
    let rubbish = b"\xFF\xFE\x00 a=b".to_vec();
    let picture = picture("/vgg", FORM, rubbish.clone()).await;
    assert!(matches!(picture, Picture::Bytes { bytes, .. } if bytes == rubbish));
}

#[tokio::test]
async fn the_number_of_classes_by_every_way() {
    for (path, kind, body) in [
        ("/vgg?top_k=3", "", String::new()),
        ("/vgg", FORM, "top_k=3".to_owned()),
        ("/vgg", "application/json", r#"{"top_k":3}"#.to_owned()),
    ] {
        let (question, _) = ask(post(path, kind, "*/*", body)).await;
        assert_eq!(question.unwrap().top_k, 3, "{path} {kind}");
    }
}

#[tokio::test]
async fn rubbish_is_refused_with_its_own_code() {
    let json = "application/json";
    let bad = StatusCode::BAD_REQUEST;
    assert_eq!(code("/vgg", json, "{").await, (bad, "json_invalid".into()));
    assert_eq!(code("/vgg", json, r#"{"ulr":"x"}"#).await, (bad, "json_invalid".into()));
    assert_eq!(code("/vgg", json, r#"{"image":"*"}"#).await, (bad, "base64_invalid".into()));
    assert_eq!(code("/vgg", json, r#"{"top_k":0}"#).await, (bad, "top_k_invalid".into()));
    let form = code("/vgg", FORM, "just some words").await;
    assert_eq!(form, (bad, "picture_missing".into()));
    assert_eq!(code("/vgg?top_k=many", "", "").await, (bad, "top_k_invalid".into()));
    assert_eq!(code("/vgg", "multipart/form-data", "x").await, (bad, "multipart_invalid".into()));
    assert_eq!(code("/vgg", MULTIPART, "--XX\r\nbroken").await, (bad, "body_unreadable".into()));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let silence = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let body = axum::body::Body::from_stream(silence);
    let slow = (StatusCode::REQUEST_TIMEOUT, "body_timeout".to_owned());
    assert_eq!(code("/vgg", "image/png", body).await, slow);
}

#[tokio::test]
async fn a_vitrine_does_not_fetch_from_a_vitrine() {
    let mut request = post("/vgg", "", "application/json", "");
    request.headers_mut().insert("x-vitrine-fetch", "1".parse().unwrap());
    let (question, reply) = ask(request).await;
    assert!(question.is_none());
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(reply.json()["code"], "fetch_in_circles");
}

#[tokio::test]
async fn an_upload_of_the_page_that_is_no_form_is_refused_before_it_is_read() {
    for kind in ["", "text/plain", "multipart/form-data"] {
        let unsupported = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "multipart_expected".to_owned());
        assert_eq!(code("/api/classify", kind, "x").await, unsupported, "{kind}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_in_every_form() {
    let too_large = (StatusCode::PAYLOAD_TOO_LARGE, "picture_too_large".to_owned());
    let long = vec![b'x'; MAX_UPLOAD as usize * 10];
    assert_eq!(code("/vgg", "image/png", long.clone()).await, too_large);
    let body = multipart(&[("image", Some("a.png"), &long)]);
    assert_eq!(code("/vgg", MULTIPART, body).await, too_large);
    // Also when its length is not announced.
    let chunks = futures::stream::iter([long.clone(), long.clone()].map(Ok::<_, std::io::Error>));
    assert_eq!(code("/vgg", "image/png", axum::body::Body::from_stream(chunks)).await, too_large);
    // Between the limit of a picture and that of a body.
    let body = multipart(&[("image", Some("a.png"), &long[..MAX_UPLOAD as usize + 1])]);
    assert_eq!(code("/vgg", MULTIPART, body).await, too_large);
}
