//! What is counted after a load of every kind: the sums hold for every model, at every look.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::classify::{Classifier, Picture};
use futures::{FutureExt, future::join_all};
use image::ImageFormat;
use server::{
    meters::Tally,
    service::{Ask, Item, Limits},
};
use tempfile::TempDir;

use crate::{
    ask,
    common::models::{make_model, picture},
    limits, ready, sent, start,
};

fn total(service: &server::service::Service, of: impl Fn(&Tally) -> u64) -> u64 {
    service.meters().tallies().values().map(of).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_mixed_load_with_faults_the_sums_hold_for_every_model() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "one", None, true);
    make_model(folder.path(), "two", Some("one"), false);
    make_model(folder.path(), "away", None, false);
    let service = Arc::new(start(folder.path(), Limits { queue: 6, max_batch: 2, ..limits() }));
    service.settled().await;

    let over = Arc::new(AtomicBool::new(false));
    let watching = std::thread::spawn({
        let (service, over) = (Arc::clone(&service), Arc::clone(&over));
        move || {
            let mut looks = 0;
            while !over.load(Ordering::Relaxed) {
                for (model, tally) in service.meters().tallies() {
                    assert!(tally.adds_up(), "{model}: {tally:?}");
                }
                looks += 1;
            }
            looks
        }
    });

    let good = bytes::Bytes::from(picture(ImageFormat::Jpeg, 100, 75));
    let cut = good.slice(..good.len() / 2);
    let kinds: [(&str, Picture); 7] = [
        ("one", sent(good.clone())),
        ("one", sent(cut)),
        ("two", sent(good.clone())),
        ("two", Picture::Url("http://169.254.169.254/".into())),
        ("away", sent(good.clone())),
        ("nobody", sent(good.clone())),
        ("<script>\"", Picture::Example(None)),
    ];
    // Many at once, so that some are refused, and each kind for itself, so that some are not.
    for (model, picture) in &kinds {
        let _ = ask(&service, model, picture.clone()).await;
    }
    let crowd = (0..70).map(|n| {
        let (model, picture) = kinds[n % kinds.len()].clone();
        ask(&service, model, picture)
    });
    join_all(crowd).await;
    let mut gone = 0;
    for _ in 0..20 {
        match ask(&service, "one", sent(good.clone())).now_or_never() {
            None => gone += 1,
            // A machine that is busy elsewhere may be done with it before it looks.
            Some(answer) => assert!(answer.is_ok(), "{answer:?}"),
        }
    }
    assert!(ask(&service, "one", sent(good)).await.is_ok());
    over.store(true, Ordering::Relaxed);
    assert!(watching.join().unwrap() > 0);

    let tallies = service.meters().tallies();
    assert_eq!(tallies.keys().collect::<Vec<_>>(), ["away", "one", "two"], "no other labels");
    for (model, tally) in &tallies {
        assert!(tally.adds_up(), "{model}: {tally:?}");
        assert_eq!((tally.preparing, tally.queued, tally.running), (0, 0, 0), "{model}");
        let ends = tally.ok + tally.failed + tally.rejected + tally.expired + tally.cancelled;
        assert_eq!(tally.requests, ends, "{model}: {tally:?}");
    }
    let (one, two, away) = (&tallies["one"], &tallies["two"], &tallies["away"]);
    assert_eq!(one.requests, 2 + 20 + 20 + 1);
    assert_eq!(two.requests, 2 + 20);
    assert!(one.ok >= 2 && one.failed >= 1 && one.rejected >= 1, "{one:?}");
    assert_eq!(one.cancelled, gone);
    assert!(two.ok >= 1 && two.problems["url_not_allowed"] >= 1, "{two:?}");
    assert_eq!((away.accepted, away.rejected), (0, 11));
    assert_eq!(service.meters().refused_elsewhere(), 22, "models that there are not");
    // What stands in does the work, cancelled pictures included if they had been begun.
    assert!(one.statistics.pictures >= one.ok + two.ok, "{one:?} {two:?}");
    assert_eq!(two.statistics.pictures, 0);

    let text = service.exposition();
    let line = format!("vitrine_request_outcomes_total{{model=\"one\",outcome=\"ok\"}} {}", one.ok);
    assert!(text.contains(&line), "{line} is not in\n{text}");
    assert!(text.contains("vitrine_model_state{model=\"away\",state=\"absent\"} 1"), "{text}");
    assert!(!text.contains("<script") && !text.contains("nobody"), "{text}");
}

#[tokio::test]
async fn a_deadline_that_passes_is_counted_as_such() {
    let timeout = Duration::from_nanos(1);
    let (_folder, service) = ready(Limits { timeout, ..limits() }).await;
    assert!(ask(&service, "small", Picture::Example(None)).await.is_err());
    let tally = &service.meters().tallies()["small"];
    assert_eq!((tally.accepted, tally.expired), (1, 1), "{tally:?}");
}

#[tokio::test]
async fn the_page_is_told_what_was_counted_whichever_way_it_came() {
    let (_folder, service) = ready(limits()).await;
    assert_eq!(service.status().median_ms, None);
    assert!(ask(&service, "small", Picture::Example(None)).await.is_ok());
    let visit = service.visit(Ask::one("small")).await.unwrap();
    assert!(visit.score(Item::Picture(Picture::Example(None))).await.is_ok());
    assert!(ask(&service, "small", sent(&b"words"[..])).await.is_err());
    let status = service.status();
    let small = &status.models[0];
    assert_eq!((status.answered, small.answered, small.last_minute), (2, 2, 2));
    assert!(status.median_ms.is_some_and(|ms| ms > 0.0));
}

#[tokio::test]
async fn what_is_told_by_readyz_is_what_was_counted() {
    use server::backend::Backend;
    let (_folder, service) = ready(limits()).await;
    assert!(ask(&service, "small", Picture::Example(None)).await.is_ok());
    assert!(ask(&service, "small", sent(&b"words"[..])).await.is_err());
    assert!(ask(&service, "nobody", Picture::Example(None)).await.is_err());
    let requests = service.readiness().requests;
    assert_eq!((requests.accepted, requests.ok, requests.failed), (2, 1, 1));
    assert_eq!(requests.rejected, 1);
    assert!(total(&service, |tally| tally.bytes) > 0);
    assert_eq!(service.models().len(), 1);
}
