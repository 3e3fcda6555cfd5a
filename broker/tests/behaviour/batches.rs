use std::time::{Duration, Instant};

use broker::Priority;

use crate::stage::{COUNTLESS, LONG, Request, TIMED, answer, busy_stage, say, stage};

#[tokio::test]
async fn requests_run_in_the_order_of_submission() {
    let (broker, batches, holder, _held) = busy_stage(64, 1).await;
    let tickets: Vec<_> =
        (1..=50).map(|number| broker.submit(say(number), None).unwrap()).collect();
    drop(holder);
    // Waiting for them in another order changes nothing.
    for ticket in tickets.into_iter().rev() {
        answer(ticket).await.unwrap();
    }
    let order: Vec<u32> = batches.lock().unwrap().iter().flatten().copied().collect();
    assert_eq!(order, (0..=50).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_queued_up_meanwhile_runs_together() {
    let (broker, batches, holder, _held) = busy_stage(64, 4).await;
    let tickets: Vec<_> = (1..=6).map(|number| broker.submit(say(number), None).unwrap()).collect();
    drop(holder);
    let mut sizes = Vec::new();
    for (number, ticket) in (1..).zip(tickets) {
        let answer = answer(ticket).await.unwrap();
        assert_eq!(answer.response.number, number);
        sizes.push(answer.batch_size);
    }
    assert_eq!(sizes, [4, 4, 4, 4, 2, 2]);
    assert_eq!(*batches.lock().unwrap(), [vec![0], vec![1, 2, 3, 4], vec![5, 6]]);
}

#[tokio::test]
async fn a_lone_request_does_not_wait_for_company() {
    let (broker, _) = stage(64, 64).await;
    // The next request comes only after the answer, so waiting for it would be for ever.
    for number in 0..10 {
        let answer = answer(broker.submit(say(number), None).unwrap()).await.unwrap();
        assert_eq!(answer.batch_size, 1);
    }
}

#[tokio::test]
async fn a_request_that_does_not_join_has_the_next_turn() {
    let (broker, batches, holder, _held) = busy_stage(64, 8).await;
    let groups = [7, 7, 8, 7, 7];
    let tickets: Vec<_> = (1..)
        .zip(groups)
        .map(|(number, group)| broker.submit(Request { group, ..say(number) }, None).unwrap())
        .collect();
    drop(holder);
    for ticket in tickets {
        answer(ticket).await.unwrap();
    }
    assert_eq!(*batches.lock().unwrap(), [vec![0], vec![1, 2, 4, 5], vec![3]]);
}

#[tokio::test]
async fn a_request_that_cannot_be_compared_runs_alone() {
    let (broker, batches, holder, _held) = busy_stage(64, 8).await;
    let groups = [1, u32::MAX, 1];
    let tickets: Vec<_> = (1..)
        .zip(groups)
        .map(|(number, group)| broker.submit(Request { group, ..say(number) }, None).unwrap())
        .collect();
    drop(holder);
    for ticket in tickets {
        answer(ticket).await.unwrap();
    }
    assert_eq!(*batches.lock().unwrap(), [vec![0], vec![1, 3], vec![2]]);
}

/// Protects deadlines and sizes that run well from batches as large as they happen to be.
#[tokio::test]
async fn the_pipeline_says_how_many_run_at_once() {
    let (broker, batches, holder, _held) = busy_stage(64, 8).await;
    let soon = Some(Instant::now() + LONG);
    let deadlines = [None, None, soon, None, None];
    let tickets: Vec<_> = (1..)
        .zip(deadlines)
        .map(|(number, deadline)| {
            broker.submit(Request { group: TIMED, ..say(number) }, deadline).unwrap()
        })
        .collect();
    drop(holder);
    for ticket in tickets {
        answer(ticket).await.unwrap();
    }
    assert_eq!(*batches.lock().unwrap(), [vec![0], vec![1, 2], vec![3], vec![4, 5]]);
}

#[tokio::test]
async fn a_pipeline_that_cannot_say_how_many_gets_them_one_by_one() {
    let (broker, batches, holder, _held) = busy_stage(64, 8).await;
    let tickets: Vec<_> = (1..=2)
        .map(|number| broker.submit(Request { group: COUNTLESS, ..say(number) }, None).unwrap())
        .collect();
    drop(holder);
    for ticket in tickets {
        answer(ticket).await.unwrap();
    }
    assert_eq!(*batches.lock().unwrap(), [vec![0], vec![1], vec![2]]);
}

#[tokio::test]
async fn an_answer_tells_how_it_came_about() {
    let (broker, _, holder, held) = busy_stage(4, 1).await;
    let waiting = broker.submit(say(1), None).unwrap();
    let pause = Duration::from_millis(20);
    std::thread::sleep(pause);
    drop(holder);
    assert!(answer(held).await.unwrap().ran >= pause);
    assert!(answer(waiting).await.unwrap().waited >= pause);
}

#[tokio::test]
async fn a_higher_class_runs_first_and_a_lower_one_last() {
    let (broker, batches, holder, _held) = busy_stage(64, 1).await;
    let classes = [Priority::Low, Priority::Normal, Priority::High, Priority::Normal];
    let tickets: Vec<_> = (1..)
        .zip(classes)
        .map(|(number, class)| broker.submit_as(class, 0, say(number), None).unwrap())
        .collect();
    drop(holder);
    for ticket in tickets {
        answer(ticket).await.unwrap();
    }
    let order: Vec<u32> = batches.lock().unwrap().iter().flatten().copied().collect();
    assert_eq!(order, [0, 3, 2, 4, 1]);
}

/// Protects a client that asks for little from one that asks for much.
#[tokio::test]
async fn flows_take_turns() {
    let (broker, batches, holder, _held) = busy_stage(64, 1).await;
    let flows = [1, 1, 1, 1, 2, 2, 3];
    let tickets: Vec<_> = (1..)
        .zip(flows)
        .map(|(number, flow)| broker.submit_as(Priority::Normal, flow, say(number), None).unwrap())
        .collect();
    drop(holder);
    for ticket in tickets {
        answer(ticket).await.unwrap();
    }
    let order: Vec<u32> = batches.lock().unwrap().iter().flatten().copied().collect();
    assert_eq!(order, [0, 1, 5, 7, 2, 6, 3, 4]);
}
