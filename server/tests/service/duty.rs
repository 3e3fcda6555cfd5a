//! Models taken out of service and put back, and a server that is about to end.

use app::{
    classify::{Classifier, Picture},
    wire::ModelState,
};
use server::{backend::Backend, registry::Unavailable};

use crate::{ask, common::models::make_model, limits, ready};

const EXAMPLE: Picture = Picture::Example(None);

#[tokio::test]
async fn a_model_that_was_taken_out_stays_out_until_it_is_loaded() {
    let (folder, service) = ready(limits()).await;
    let state = || service.model("small").unwrap().state;
    service.registry().unload("small").unwrap();
    for _ in 0..2 {
        let problem = ask(&service, "small", EXAMPLE).await.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (503, "model_unloaded"));
    }
    assert_eq!(state(), ModelState::Unloaded);
    assert!(!service.readiness().ready, "no model answers");

    // A new version does not put it back, and is what is loaded then.
    let labels: String = (0..7).map(|i| format!("kind {i}\n")).collect();
    std::fs::write(folder.path().join("small/labels.txt"), labels).unwrap();
    service.registry().look("small");
    service.registry().load("small").await.unwrap();
    assert_eq!(state(), ModelState::Ready);
    let answer = ask(&service, "small", EXAMPLE).await.unwrap();
    assert!(answer.predictions[0].label.starts_with("kind "), "{answer:?}");
    assert!(service.registry().version("small").unwrap().load_seconds().is_some());
}

#[tokio::test]
async fn what_cannot_be_loaded_or_taken_out_says_why() {
    let (folder, service) = ready(limits()).await;
    make_model(folder.path(), "away", None, false);
    service.registry().rescan(true);
    while service.model("away").is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let registry = service.registry();
    assert_eq!(registry.load("nobody").await, Err(Unavailable::Unknown));
    assert_eq!(registry.unload("nobody"), Err(Unavailable::Unknown));
    let absent = |outcome| matches!(outcome, Err(Unavailable::State(_, ModelState::Absent { .. })));
    assert!(absent(registry.load("away").await));
    assert!(absent(registry.unload("away")));
}

#[tokio::test]
async fn a_server_about_to_end_says_so_and_still_answers() {
    let (_folder, service) = ready(limits()).await;
    service.drain();
    let readiness = service.readiness();
    assert_eq!((readiness.ready, readiness.worker), (false, "draining"));
    assert!(readiness.live());
    assert!(ask(&service, "small", EXAMPLE).await.is_ok());
}
