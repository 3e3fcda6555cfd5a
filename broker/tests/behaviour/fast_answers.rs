use std::thread;

use broker::SubmitError;

use crate::stage::{answer, say, stage, within};

#[tokio::test]
async fn no_answer_is_too_fast() {
    let (broker, _) = stage(4, 1).await;
    for number in 0..10_000 {
        let ticket = broker.submit(say(number), None).unwrap();
        if number % 3 == 0 {
            // Often the answer is there before anybody looks.
            thread::yield_now();
        }
        assert_eq!(answer(ticket).await.unwrap().response.number, number);
    }
    assert_eq!(broker.counts().ok, 10_000);
}

#[tokio::test]
async fn an_answer_waits_for_its_reader() {
    let (broker, _) = stage(4, 1).await;
    let early = broker.submit(say(1), None).unwrap();
    answer(broker.submit(say(2), None).unwrap()).await.unwrap();
    assert_eq!(answer(early).await.unwrap().response.number, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_threads_get_each_its_own_answers() {
    let (broker, _) = stage(16, 4).await;
    let callers: Vec<_> = (0..8)
        .map(|caller| {
            let broker = broker.clone();
            let runtime = tokio::runtime::Handle::current();
            tokio::task::spawn_blocking(move || {
                for call in 0..500 {
                    let number = caller * 1000 + call;
                    let ticket = loop {
                        match broker.submit(say(number), None) {
                            Ok(ticket) => break ticket,
                            Err(SubmitError::Busy { .. }) => thread::yield_now(),
                            Err(error) => panic!("{error}"),
                        }
                    };
                    let answer = runtime.block_on(answer(ticket)).unwrap();
                    assert_eq!(answer.response.number, number);
                }
            })
        })
        .collect();
    for caller in callers {
        within(caller).await.unwrap();
    }
    let counts = broker.counts();
    assert_eq!((counts.accepted, counts.ok), (4000, 4000));
}
