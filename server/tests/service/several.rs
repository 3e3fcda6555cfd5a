//! Several pictures that come as one request.

use std::time::Duration;

use futures::future::join_all;
use image::ImageFormat;
use server::{
    backend::Backend,
    service::{Ask, Item, Limits},
};

use crate::{common::models::picture, limits, ready, sent};

fn items(n: usize) -> Vec<Item> {
    let bytes = bytes::Bytes::from(picture(ImageFormat::Png, 50, 40));
    (0..n).map(|_| Item::Picture(sent(bytes.clone()))).collect()
}

#[tokio::test]
async fn all_are_let_in_or_none() {
    let (_folder, service) = ready(Limits { queue: 4, max_batch: 2, ..limits() }).await;
    let first = service.visit(Ask::many("small", 4)).await.unwrap();
    let refused = service.visit(Ask::many("small", 3)).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (503, "queue_full"));
    assert!(refused.retry_after.is_some_and(|seconds| seconds >= 1));
    assert_eq!(service.readiness().requests.rejected, 3);
    let second = service.visit(Ask::many("small", 2)).await.unwrap();
    drop(first);
    let third = service.visit(Ask::many("small", 4)).await.unwrap();

    // Whoever is in has a place in the queue, however many come at once.
    let seconds = items(2).into_iter().map(|item| second.score(item));
    let thirds = items(4).into_iter().map(|item| third.score(item));
    assert!(join_all(seconds.chain(thirds)).await.iter().all(Result::is_ok));
    let never = service.visit(Ask::many("small", 5)).await.unwrap_err();
    assert_eq!((never.status, never.code.as_str()), (400, "too_many_pictures"));
}

#[tokio::test]
async fn a_batch_is_the_pictures_that_came_together() {
    let (_folder, service) = ready(Limits { queue: 8, max_batch: 8, ..limits() }).await;
    let pixels = vec![0.25; 32 * 32 * 3];
    let visit = service.visit(Ask::many("small", 8)).await.unwrap();
    let scores = join_all((0..8).map(|_| visit.score(Item::Tensor(pixels.clone())))).await;
    drop(visit);
    let first = scores[0].as_ref().unwrap();
    assert_eq!((first.logits.len(), first.probabilities.len()), (7, 7));
    assert!(scores.iter().all(|score| score.as_ref().unwrap().logits.len() == 7));

    let statistics = service.statistics().remove("small").unwrap();
    assert_eq!((statistics.pictures, statistics.success.count, statistics.fail.count), (8, 1, 0));
    // One runs at once, and the others have come meanwhile.
    assert!((1..8).contains(&statistics.executions()), "{statistics:?}");
}

#[tokio::test]
async fn a_request_with_one_that_fails_is_a_failure_of_one_request() {
    let (_folder, service) = ready(limits()).await;
    let visit = service.visit(Ask::many("small", 2)).await.unwrap();
    assert!(visit.score(items(1).remove(0)).await.is_ok());
    assert!(visit.score(Item::Picture(sent(&b"no picture"[..]))).await.is_err());
    drop(visit);
    let statistics = service.statistics().remove("small").unwrap();
    assert_eq!((statistics.pictures, statistics.success.count, statistics.fail.count), (1, 0, 1));
}

#[tokio::test]
async fn a_caller_can_be_in_more_of_a_hurry() {
    let (_folder, service) = ready(limits()).await;
    let ask = Ask { timeout: Some(Duration::from_nanos(1)), ..Ask::one("small") };
    let late = match service.visit(ask).await {
        Ok(visit) => visit.score(items(1).remove(0)).await.unwrap_err(),
        Err(late) => late,
    };
    assert_eq!((late.status, late.code.as_str()), (504, "deadline_exceeded"));
}
