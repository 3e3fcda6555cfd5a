use std::sync::Arc;

use broker::RunError;

use crate::stage::{Act, Stage, answer, busy_stage, hold, request, say, stage};

/// The next request must be answered by the thread that answered the one before.
async fn goes_on(broker: &Stage, act: Act, expected: RunError) {
    let before = answer(broker.submit(say(1), None).unwrap()).await.unwrap();
    let error = answer(broker.submit(request(2, act), None).unwrap()).await.unwrap_err();
    assert_eq!(error, expected);
    let after = answer(broker.submit(say(3), None).unwrap()).await.unwrap();
    assert_eq!(before.response.thread, after.response.thread);
    let counts = broker.counts();
    assert_eq!((counts.ok, counts.failed), (2, 1));
}

#[tokio::test]
async fn an_error_is_answered_with_all_its_causes() {
    let (broker, _) = stage(4, 1).await;
    let chain = "the curtain fell: an error occurred when formatting an argument";
    goes_on(&broker, Act::Fail, RunError::Failed(chain.into())).await;
}

#[tokio::test]
async fn a_panic_is_answered_with_its_message() {
    let (broker, _) = stage(4, 1).await;
    goes_on(&broker, Act::Panic, RunError::Panicked("number 2 forgot its words".into())).await;
}

#[tokio::test]
async fn an_attempt_to_end_the_thread_fails_one_request() {
    let (broker, _) = stage(4, 1).await;
    let expected = RunError::Panicked("a panic without a message".into());
    goes_on(&broker, Act::Exit(Box::new(1)), expected).await;
}

#[tokio::test]
async fn a_panic_payload_may_itself_panic_when_dropped() {
    struct Mine;
    impl Drop for Mine {
        fn drop(&mut self) {
            panic!("the payload was dropped");
        }
    }
    let (broker, _) = stage(4, 1).await;
    let expected = RunError::Panicked("a panic without a message".into());
    goes_on(&broker, Act::Exit(Box::new(Mine)), expected).await;
}

#[tokio::test]
async fn too_few_and_too_many_responses_are_refused() {
    let (broker, _) = stage(4, 1).await;
    goes_on(&broker, Act::Omit, RunError::WrongCount { expected: 1, got: 0 }).await;
    let (broker, _) = stage(4, 1).await;
    goes_on(&broker, Act::Surplus, RunError::WrongCount { expected: 1, got: 2 }).await;
}

#[tokio::test]
async fn a_failure_fails_its_whole_batch_and_no_other() {
    let (broker, batches, holder, held) = busy_stage(8, 2).await;
    let acts = [Act::Answer, Act::Panic, Act::Answer, Act::Answer];
    let tickets: Vec<_> = (1..)
        .zip(acts)
        .map(|(number, act)| broker.submit(request(number, act), None).unwrap())
        .collect();
    drop(holder);
    assert!(answer(held).await.is_ok());
    let mut answers = Vec::new();
    for ticket in tickets {
        answers.push(answer(ticket).await.is_ok());
    }
    assert_eq!(answers, [false, false, true, true]);
    assert_eq!(*batches.lock().unwrap(), [vec![0], vec![1, 2], vec![3, 4]]);
}

#[tokio::test]
async fn a_response_that_cannot_be_delivered_harms_nobody() {
    let (broker, _) = stage(8, 2).await;
    let (holder, gate) = hold(1);
    let held = broker.submit(gate, None).unwrap();
    holder.wait_until_running();
    let (inner, gate) = hold(2);
    let inner_ticket = broker.submit(gate, None).unwrap();
    let unwanted = broker.submit(request(3, Act::Explosive), None).unwrap();
    drop(holder);
    answer(held).await.unwrap();
    // Both run in one batch, which waits for `inner`: the second is cancelled while it runs, so
    // the worker itself meets the destructor that panics.
    inner.wait_until_running();
    drop(unwanted);
    drop(inner);
    answer(inner_ticket).await.unwrap();
    answer(broker.submit(say(4), None).unwrap()).await.unwrap();
    assert_eq!(broker.counts().cancelled, 1);
}

#[tokio::test]
async fn failed_requests_leave_nothing_behind() {
    let (broker, _) = stage(8, 4).await;
    let luggage = Arc::new(());
    for act in [Act::Fail, Act::Panic, Act::Omit, Act::Surplus] {
        let mut request = request(1, act);
        request.luggage = Some(luggage.clone());
        assert!(answer(broker.submit(request, None).unwrap()).await.is_err());
    }
    assert_eq!(Arc::strong_count(&luggage), 1);
}
