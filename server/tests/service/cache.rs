//! Answers that are known already.

use app::{
    classify::{Classifier, Picture, Request},
    wire::Classification,
};
use futures::future::join_all;
use server::service::{Limits, Service};
use tempfile::TempDir;

use crate::{limits, ready};

async fn keeping(bytes: u64) -> (TempDir, Service) {
    ready(Limits { cache: bytes, ..limits() }).await
}

fn png(shade: u8) -> Picture {
    let mut file = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(40, 30, image::Rgb([shade, 90, 200]));
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    Picture::Bytes { bytes: file.into_inner().into(), name: None }
}

async fn ask(service: &Service, picture: Picture, crop: bool) -> Classification {
    let request = Request { model: "small".into(), picture, top_k: 3, crop };
    service.classify(request).await.unwrap()
}

fn runs(service: &Service) -> u64 {
    service.meters().tallies()["small"].statistics.executions()
}

#[tokio::test]
async fn an_equal_picture_is_answered_without_the_network() {
    let (_models, service) = keeping(1 << 20).await;
    let first = ask(&service, png(7), false).await;
    let again = ask(&service, png(7), false).await;
    let other = ask(&service, png(8), false).await;
    assert!(!first.cached && again.cached && !other.cached);
    assert_eq!(first.predictions, again.predictions);
    assert_eq!((first.source, again.timing.inference_ms), (again.source, 0.0));
    assert_eq!(runs(&service), 2);
    let tally = &service.meters().tallies()["small"];
    assert_eq!((tally.cache_hits, tally.cache_misses, tally.ok), (1, 2, 3));
}

#[tokio::test]
async fn what_the_network_saw_is_shown_of_a_known_picture_too() {
    let (_models, service) = keeping(1 << 20).await;
    let first = ask(&service, png(7), true).await;
    let again = ask(&service, png(7), true).await;
    assert!(again.cached && again.crop.is_some());
    assert_eq!((first.crop, runs(&service)), (again.crop, 1));
}

#[tokio::test]
async fn equal_pictures_at_once_are_one_run() {
    let (_models, service) = keeping(1 << 20).await;
    let answers = join_all((0..16).map(|_| ask(&service, png(7), false))).await;
    assert_eq!(answers.iter().filter(|answer| !answer.cached).count(), 1);
    assert!(answers.iter().all(|answer| answer.predictions == answers[0].predictions));
    assert_eq!(runs(&service), 1);
}

/// Protects callers from answers of weights that are no longer there.
#[tokio::test]
async fn a_version_knows_nothing_of_the_one_before() {
    let (_models, service) = keeping(1 << 20).await;
    ask(&service, png(7), false).await;
    service.registry().unload("small").unwrap();
    service.registry().load("small").await.unwrap();
    assert!(!ask(&service, png(7), false).await.cached);
}

#[tokio::test]
async fn problems_are_not_kept_and_nothing_is_unless_there_is_room() {
    let (_models, service) = keeping(1 << 20).await;
    let broken = || Picture::Bytes { bytes: b"no picture".as_slice().into(), name: None };
    for _ in 0..2 {
        let request = Request { model: "small".into(), picture: broken(), top_k: 1, crop: false };
        assert_eq!(service.classify(request).await.unwrap_err().status, 415);
    }
    let (_models, service) = keeping(0).await;
    for _ in 0..2 {
        assert!(!ask(&service, png(7), false).await.cached);
    }
    assert_eq!(runs(&service), 2);
    assert_eq!(service.meters().tallies()["small"].cache_misses, 0, "not even looked for");
}
