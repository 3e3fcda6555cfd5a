use std::sync::Arc;

use crate::stage::{Request, answer, busy_stage, say};

#[tokio::test]
async fn a_request_that_was_cancelled_in_the_queue_is_never_run() {
    let (broker, batches, holder, _held) = busy_stage(8, 8).await;
    let tickets: Vec<_> = (1..=4).map(|number| broker.submit(say(number), None).unwrap()).collect();
    let mut kept = Vec::new();
    for (number, ticket) in (1..).zip(tickets) {
        if number % 2 == 0 {
            kept.push(ticket);
        }
    }
    assert_eq!((broker.counts().cancelled, broker.counts().queued), (2, 2));
    drop(holder);
    for ticket in kept {
        answer(ticket).await.unwrap();
    }
    assert_eq!(*batches.lock().unwrap(), [vec![0], vec![2, 4]]);
}

#[tokio::test]
async fn a_cancelled_request_is_dropped_at_once() {
    let (broker, _, _holder, _held) = busy_stage(8, 8).await;
    let luggage = Arc::new(());
    let request = Request { luggage: Some(luggage.clone()), ..say(1) };
    let ticket = broker.submit(request, None).unwrap();
    assert_eq!(Arc::strong_count(&luggage), 2);
    drop(ticket);
    assert_eq!(Arc::strong_count(&luggage), 1);
}

#[tokio::test]
async fn a_running_request_can_be_cancelled_but_not_interrupted() {
    let (broker, batches, holder, held) = busy_stage(8, 8).await;
    drop(held);
    let counts = broker.counts();
    assert_eq!((counts.cancelled, counts.running), (1, 0));
    let next = broker.submit(say(1), None).unwrap();
    assert_eq!(batches.lock().unwrap().len(), 1, "the pipeline is still busy");
    drop(holder);
    answer(next).await.unwrap();
    assert_eq!((broker.counts().cancelled, broker.counts().ok), (1, 1));
}

#[tokio::test]
async fn a_ticket_that_goes_after_its_answer_cancels_nothing() {
    let (broker, _, holder, _held) = busy_stage(8, 8).await;
    let unread = broker.submit(say(1), None).unwrap();
    drop(holder);
    answer(broker.submit(say(2), None).unwrap()).await.unwrap();
    drop(unread);
    assert_eq!((broker.counts().ok, broker.counts().cancelled), (3, 0));
}

#[tokio::test]
async fn answers_that_nobody_fetches_are_not_kept() {
    let (broker, _, holder, _held) = busy_stage(128, 8).await;
    let luggage = Arc::new(());
    let unread: Vec<_> = (0..100)
        .map(|number| {
            let request = Request { luggage: Some(luggage.clone()), ..say(number) };
            broker.submit(request, None).unwrap()
        })
        .collect();
    drop(holder);
    answer(broker.submit(say(100), None).unwrap()).await.unwrap();
    drop(unread);
    assert_eq!(Arc::strong_count(&luggage), 1);
    let counts = broker.counts();
    assert_eq!((counts.ok, counts.queued, counts.running), (102, 0, 0));
}
