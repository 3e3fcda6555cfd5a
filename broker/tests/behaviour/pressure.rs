use std::time::{Duration, Instant};

use broker::SubmitError;

use crate::stage::{LONG, answer, busy_stage, hold, say, stage};

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let (broker, _, holder, held) = busy_stage(3, 1).await;
    // The worker cannot take any of these until the hold is dropped, so nothing here may wait.
    let tickets: Vec<_> = (1..=3).map(|number| broker.submit(say(number), None).unwrap()).collect();
    for number in 4..1000 {
        let error = broker.submit(say(number), None).unwrap_err();
        assert!(matches!(error, SubmitError::Busy { .. }), "{error}");
    }
    let counts = broker.counts();
    assert_eq!((counts.accepted, counts.rejected), (4, 996));
    assert_eq!((counts.queued, counts.running), (3, 1));

    drop(holder);
    answer(held).await.unwrap();
    for ticket in tickets {
        answer(ticket).await.unwrap();
    }
    assert!(answer(broker.submit(say(4), None).unwrap()).await.is_ok());
}

#[tokio::test]
async fn a_queue_of_zero_still_serves() {
    let (broker, _) = stage(0, 0).await;
    assert!(answer(broker.submit(say(1), None).unwrap()).await.is_ok());
}

#[tokio::test]
async fn a_cancelled_request_frees_its_place_at_once() {
    let (broker, _, _holder, _held) = busy_stage(2, 1).await;
    let first = broker.submit(say(1), None).unwrap();
    let _second = broker.submit(say(2), None).unwrap();
    assert!(broker.submit(say(3), None).is_err());
    drop(first);
    assert_eq!(broker.counts().queued, 1);
    let _third = broker.submit(say(3), None).unwrap();
    assert!(broker.submit(say(4), None).is_err());
}

#[tokio::test]
async fn an_overdue_request_frees_its_place_though_nobody_polls_it() {
    let (broker, _, _holder, _held) = busy_stage(1, 1).await;
    let _overdue = broker.submit(say(1), Some(Instant::now())).unwrap();
    let _next = broker.submit(say(2), None).unwrap();
    assert_eq!(broker.counts().expired, 1);
}

#[tokio::test]
async fn the_expected_wait_follows_what_was_measured() {
    let (broker, _, holder, held) = busy_stage(8, 1).await;
    assert_eq!(broker.expected_wait(), Duration::from_secs(1), "nothing is measured yet");
    let pause = Duration::from_millis(50);
    std::thread::sleep(pause);
    drop(holder);
    answer(held).await.unwrap();
    assert_eq!(broker.expected_wait(), Duration::ZERO, "nothing is ahead");

    let (holder, request) = hold(1);
    let held = broker.submit(request, None).unwrap();
    holder.wait_until_running();
    let tickets: Vec<_> = (2..=9).map(|number| broker.submit(say(number), None).unwrap()).collect();
    let wait = broker.expected_wait();
    assert!(wait >= 8 * pause && wait < LONG, "{wait:?}");
    let Err(SubmitError::Busy { retry_after }) = broker.submit(say(10), None) else {
        panic!("the queue should be full");
    };
    assert!(retry_after >= 8 * pause && retry_after < LONG, "{retry_after:?}");
    drop((tickets, holder, held));
}

#[tokio::test]
async fn a_batch_that_does_not_end_shows_in_how_long_the_pipeline_is_busy() {
    let (broker, _, holder, held) = busy_stage(8, 1).await;
    let before = broker.busy().unwrap();
    let pause = Duration::from_millis(20);
    std::thread::sleep(pause);
    assert!(broker.busy().unwrap() >= before + pause);
    drop(holder);
    answer(held).await.unwrap();
    // The answer is sent after the batch is over.
    assert_eq!(broker.busy(), None);
}
