//! Models whose weights are absent or broken, and models that stand in.

use std::fs;

use app::{
    classify::{Classifier, Picture},
    wire::ModelState,
};
use server::{backend::Backend, catalogue::Catalogue, service::Limits};
use tempfile::TempDir;

use crate::{ask, common::models::make_model, limits, start};

fn with_stand_in() -> TempDir {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "big", Some("small"), false);
    make_model(folder.path(), "small", None, true);
    folder
}

#[test]
fn a_model_that_nobody_could_get_at_is_refused_with_its_folder() {
    for name in ["v2", "ping", "stats", "openapi.json"] {
        let folder = TempDir::new().unwrap();
        make_model(folder.path(), "small", None, true);
        make_model(folder.path(), name, None, true);
        let refused = Catalogue::read(folder.path()).unwrap_err().to_string();
        let place = folder.path().join(name);
        assert!(
            refused.contains(place.to_str().unwrap()) && refused.contains("another name"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_stand_in_answers_and_says_so() {
    let folder = with_stand_in();
    let service = start(folder.path(), limits());
    service.settled().await;
    let answer = ask(&service, "big", Picture::Example(None)).await.unwrap();
    assert_eq!((answer.model.as_str(), answer.fallback_for.as_deref()), ("small", Some("big")));
    let own = ask(&service, "small", Picture::Example(None)).await.unwrap();
    assert_eq!((own.model.as_str(), own.fallback_for), ("small", None));
    let summary = service.model("big").unwrap();
    assert_eq!(summary.state, ModelState::Absent { hint: "vitrine pull big".into() });
    assert_eq!(summary.fallback.as_deref(), Some("small"));
    assert!(summary.examples[0].path.starts_with("/models/small/"), "pictures it can tell");
}

#[tokio::test]
async fn a_stand_in_can_be_forbidden() {
    let folder = with_stand_in();
    let service = start(folder.path(), Limits { fallback: false, ..limits() });
    service.settled().await;
    let problem = ask(&service, "big", Picture::Example(None)).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (503, "model_absent"));
    assert!(problem.detail.contains("vitrine pull big"));
    assert_eq!(service.model("big").unwrap().fallback, None);
}

#[tokio::test]
async fn with_its_own_weights_a_model_answers_itself() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "big", Some("small"), true);
    make_model(folder.path(), "small", None, true);
    let service = start(folder.path(), limits());
    service.settled().await;
    let answer = ask(&service, "big", Picture::Example(None)).await.unwrap();
    assert_eq!((answer.model.as_str(), answer.fallback_for), ("big", None));
}

#[tokio::test]
async fn broken_weights_fail_their_own_model_alone() {
    let folder = with_stand_in();
    fs::write(folder.path().join("big/model.safetensors"), b"<html>not weights</html>").unwrap();
    let service = start(folder.path(), limits());
    service.settled().await;
    let problem = ask(&service, "big", Picture::Example(None)).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (503, "model_failed"));
    assert!(matches!(service.readiness().models["big"], ModelState::Failed { .. }));
    assert!(service.readiness().ready, "the other one answers");
    assert!(ask(&service, "small", Picture::Example(None)).await.is_ok());
}
