//! However a picture comes, the answer is the same.

use app::{
    classify::{Classifier, Picture, Request},
    wire::SourceKind,
};
use image::ImageFormat;
use server::service::Limits;

use crate::{
    ask,
    common::{models::picture, web},
    limits, ready, sent,
};

#[tokio::test]
async fn sent_fetched_and_bundled_pictures_are_answered_alike() {
    let (_folder, service) = ready(limits()).await;
    let bytes = picture(ImageFormat::Png, 60, 40);
    let address = web::serve(vec![("/waves.png", "image/png", bytes.clone())]);

    let by_upload = ask(&service, "small", sent(bytes)).await.unwrap();
    let url = format!("http://{address}/waves.png");
    let by_url = ask(&service, "small", Picture::Url(url.clone())).await.unwrap();
    let named = Picture::Example(Some("example.png".into()));
    let by_example = ask(&service, "small", named).await.unwrap();
    let by_default = ask(&service, "small", Picture::Example(None)).await.unwrap();

    assert_eq!(by_upload.predictions.len(), 5);
    for other in [&by_url, &by_example, &by_default] {
        assert_eq!(by_upload.predictions, other.predictions);
    }
    assert_eq!(by_upload.source.kind, SourceKind::Upload);
    assert_eq!((by_url.source.kind, by_url.source.name), (SourceKind::Url, Some(url)));
    assert!(by_url.timing.fetch_ms > 0.0);
    assert_eq!(by_example.source.kind, SourceKind::Example);
    assert_eq!((by_example.source.width, by_example.source.height), (60, 40));
    assert_eq!(by_example.note, None);
    assert!(by_default.note.is_some(), "a picture that nobody sent must not pass for the caller's");
}

#[tokio::test]
async fn figures_are_probabilities_in_order() {
    let (_folder, service) = ready(limits()).await;
    let request =
        Request { model: "small".into(), picture: Picture::Example(None), top_k: 100, crop: true };
    let answer = service.classify(request).await.unwrap();
    let figures: Vec<_> = answer.predictions.iter().map(|p| p.probability).collect();
    assert_eq!(figures.len(), crate::common::models::CLASSES, "more than there are means all");
    assert!((figures.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    assert!(figures.is_sorted_by(|a, b| a >= b));
    assert!(figures[0] > figures[6], "a network that cannot tell classes apart proves nothing");
    assert!(answer.crop.unwrap().starts_with("data:image/jpeg;base64,/9j/"));
}

#[tokio::test]
async fn two_different_pictures_get_different_figures() {
    let (_folder, service) = ready(limits()).await;
    let one = ask(&service, "small", sent(picture(ImageFormat::Png, 60, 40))).await.unwrap();
    let black = image::RgbImage::new(60, 40);
    let mut bytes = std::io::Cursor::new(Vec::new());
    black.write_to(&mut bytes, ImageFormat::Bmp).unwrap();
    let other = ask(&service, "small", sent(bytes.into_inner())).await.unwrap();
    assert_ne!(one.predictions, other.predictions);
    assert_eq!(other.source.format, "bmp");
}

/// Protects comparisons with Python: told so, the service decodes every pixel. Otherwise a large JPEG is decoded
/// as far as the network sees it, and nobody is told other sides.
#[tokio::test]
async fn a_large_jpeg_is_decoded_in_full_where_numbers_are_compared() {
    let jpeg = picture(ImageFormat::Jpeg, 400, 300);
    let (limits_of_vision, orient) = (vision::decode::DecodeLimits::default(), true);
    let pixels = vision::decode::decode(&jpeg, &limits_of_vision, orient).unwrap().pixels;
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, ImageFormat::Png).unwrap();

    let (_folder, fast) = ready(limits()).await;
    let (_other, full) = ready(Limits { full_decode: true, ..limits() }).await;
    let every_pixel = ask(&full, "small", sent(png.into_inner())).await.unwrap();
    let in_full = ask(&full, "small", sent(jpeg.clone())).await.unwrap();
    let reduced = ask(&fast, "small", sent(jpeg)).await.unwrap();
    assert_eq!(in_full.predictions, every_pixel.predictions);
    assert_ne!(reduced.predictions, every_pixel.predictions, "there is something to tell");
    for (one, other) in reduced.predictions.iter().zip(&every_pixel.predictions) {
        assert_eq!(one.label, other.label);
        assert!((one.probability - other.probability).abs() < 0.01, "{one:?} {other:?}");
    }
    for answer in [in_full, reduced] {
        assert_eq!((answer.source.width, answer.source.height), (400, 300));
    }
}
