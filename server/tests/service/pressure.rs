//! More than can be done: refused at once, counted, and nothing is lost.

use app::classify::Picture;
use futures::{FutureExt, future::join_all};
use image::ImageFormat;
use server::{backend::Backend, service::Limits};

use crate::{ask, common::models::picture, limits, ready, sent};

#[tokio::test]
async fn two_hundred_at_once_are_answered_or_refused_and_the_counters_add_up() {
    let (_folder, service) = ready(Limits { queue: 32, max_batch: 4, ..limits() }).await;
    let bytes = bytes::Bytes::from(picture(ImageFormat::Jpeg, 200, 150));
    let answers = join_all((0..200).map(|_| ask(&service, "small", sent(bytes.clone())))).await;

    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    for problem in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!((problem.status, problem.code.as_str()), (503, "queue_full"));
        assert!(problem.retry_after.is_some_and(|seconds| seconds >= 1));
    }
    // At most 36 are in the house at a time. The worker may have begun with none of them when the
    // queue is full, and may have answered some before the last comes.
    assert!((32..200).contains(&answered), "{answered} were answered");
    let requests = service.readiness().requests;
    assert_eq!(requests.ok, answered as u64);
    assert_eq!(requests.rejected, 200 - requests.ok);
    assert_eq!((requests.failed, requests.expired, requests.cancelled), (0, 0, 0));
    assert_eq!(requests.accepted, requests.ok);
    assert_eq!((requests.queued, requests.running), (0, 0));
}

#[tokio::test]
async fn a_caller_that_goes_away_frees_its_place() {
    let (_folder, service) = ready(Limits { queue: 1, max_batch: 1, ..limits() }).await;
    for _ in 0..20 {
        let question = ask(&service, "small", Picture::Example(None));
        // Polled once and dropped. Threads that are faster than this one may have answered by then.
        assert!(question.now_or_never().is_none_or(|answer| answer.is_ok()));
    }
    assert!(ask(&service, "small", Picture::Example(None)).await.is_ok());
}

#[tokio::test]
async fn a_deadline_is_kept() {
    let timeout = std::time::Duration::from_nanos(1);
    let (_folder, service) = ready(Limits { timeout, ..limits() }).await;
    let problem = ask(&service, "small", Picture::Example(None)).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (504, "deadline_exceeded"));
}

#[tokio::test]
async fn after_the_shutdown_nothing_is_taken() {
    let (_folder, service) = ready(limits()).await;
    service.shutdown(std::time::Duration::from_secs(10)).await.unwrap();
    let problem = ask(&service, "small", Picture::Example(None)).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (503, "stopping"));
    assert!(!service.readiness().ready);
}
