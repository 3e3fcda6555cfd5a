//! Bad pictures and bad addresses: each has a code of its own, and the next good one is answered.

use app::classify::Picture;
use image::ImageFormat;

use crate::{
    ask,
    common::{models::picture, web},
    limits, ready, sent,
};

/// The head of a PNG that claims to be 40 000 pixels on each side.
fn huge_png() -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(40_000_u32.to_be_bytes());
    chunk.extend(40_000_u32.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    // The checksum of PNG, bit by bit: ISO/IEC 15948, annex D.
    let crc = !chunk.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    });
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\r".to_vec();
    png.extend(chunk);
    png.extend(crc.to_be_bytes());
    png.extend(b"\0\0\0\0IDAT");
    png
}

#[tokio::test]
async fn every_fault_has_its_own_code_and_harms_nobody_else() {
    let (_folder, service) = ready(limits()).await;
    let good = picture(ImageFormat::Jpeg, 60, 40);
    let cut = good[..good.len() / 2].to_vec();
    let site = web::serve(vec![
        ("/page", "text/html", b"<html></html>".to_vec()),
        ("/cut.jpg", "image/jpeg", cut.clone()),
    ]);
    let url = |url: &str| Picture::Url(url.to_owned());
    let here = |path: &str| Picture::Url(format!("http://{site}{path}"));
    let cases = [
        (here("/missing.jpg"), 422, "fetch_status"),
        (here("/page"), 415, "fetch_not_an_image"),
        (here("/cut.jpg"), 422, "picture_damaged"),
        (url("file:///etc/passwd"), 403, "url_not_allowed"),
        (url("http://169.254.169.254/latest/meta-data/"), 403, "url_not_allowed"),
        (url("http://[::1]/"), 403, "url_not_allowed"),
        (url("no address"), 400, "url_invalid"),
        (sent(cut), 422, "picture_damaged"),
        (sent(huge_png()), 413, "picture_dimensions"),
        (sent(&b"just words"[..]), 415, "picture_format_unsupported"),
        (sent(&b""[..]), 400, "picture_empty"),
        (sent(vec![0; (1 << 20) + 1]), 413, "picture_too_large"),
        (Picture::Example(Some("../model.toml".into())), 404, "example_unknown"),
    ];
    for (picture, status, code) in cases {
        let asked = format!("{picture:?}");
        let problem =
            ask(&service, "small", picture).await.expect_err(&asked[..asked.len().min(200)]);
        assert_eq!((problem.status, problem.code.as_str()), (status, code), "{problem}");
        assert!(!problem.detail.contains("127.0.0.1"), "{problem}");
        assert!(!problem.detail.starts_with(&format!("{}:", problem.title)), "twice: {problem}");
        assert!(ask(&service, "small", sent(good.clone())).await.is_ok(), "after {code}");
    }
}

#[tokio::test]
async fn a_model_that_is_not_there_is_said_to_be() {
    let (_folder, service) = ready(limits()).await;
    let problem = ask(&service, "nobody", Picture::Example(None)).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (404, "model_unknown"));
}
