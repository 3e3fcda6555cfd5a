//! Asking why.

use std::sync::{Arc, Mutex};

use app::{
    classify::{Classifier, Picture, Watcher, WhyRequest},
    wire::{Method, Stage},
};
use futures::FutureExt;
use image::ImageFormat;
use server::{backend::Backend, service::Limits};

use crate::{ask, common::models::picture, limits, ready, sent};

fn why(class: Option<&str>, method: Method) -> WhyRequest {
    WhyRequest {
        model: "small".into(),
        picture: sent(picture(ImageFormat::Png, 60, 40)),
        class: class.map(str::to_owned),
        method,
        crop: true,
        overlay: true,
    }
}

/// A watcher, and what it has heard.
fn heard() -> (Watcher, Arc<Mutex<Vec<Stage>>>) {
    let stages = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&stages);
    (Arc::new(move |stage| noted.lock().unwrap().push(stage)), stages)
}

#[tokio::test]
async fn both_methods_explain_any_class() {
    let (_folder, service) = ready(limits()).await;
    for method in [Method::GradCam, Method::Occlusion] {
        let (watcher, stages) = heard();
        let map = service.explain(why(Some("class 3"), method), watcher).await.unwrap();
        assert_eq!((map.class.index, map.class.label.as_str(), map.method), (3, "class 3", method));
        assert_eq!(map.weights.len() as u32, map.width * map.height);
        assert!(map.weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
        assert!(map.crop.unwrap().starts_with("data:image/jpeg"));
        assert!(map.overlay.unwrap().starts_with("data:image/png"));
        let stages = stages.lock().unwrap();
        assert!(stages.contains(&Stage::Decoding));
        let steps = stages.iter().filter(|stage| matches!(stage, Stage::Explaining { .. })).count();
        let expected = if method == Method::Occlusion { 1 + 14 * 14 } else { 0 };
        assert_eq!(steps, expected, "{method:?}");
    }
}

#[tokio::test]
async fn an_explanation_is_counted_as_one_picture_whatever_it_asks_the_network() {
    let (_folder, service) = ready(limits()).await;
    assert!(service.explain(why(None, Method::Occlusion), heard().0).await.is_ok());
    assert!(service.explain(why(Some("nothing"), Method::Auto), heard().0).await.is_err());
    let tally = service.meters().tallies().remove("small").unwrap();
    assert!(tally.adds_up(), "{tally:?}");
    assert_eq!((tally.requests, tally.ok, tally.failed), (2, 1, 1));
    assert_eq!(tally.statistics.pictures, 1 + 14 * 14 + 1);
}

#[tokio::test]
async fn without_a_class_the_best_one_is_explained() {
    let (_folder, service) = ready(limits()).await;
    let best = ask(&service, "small", sent(picture(ImageFormat::Png, 60, 40))).await.unwrap();
    let map = service.explain(why(None, Method::Auto), heard().0).await.unwrap();
    assert_eq!(map.class, best.predictions[0]);
    assert_eq!(map.method, Method::GradCam);
}

#[tokio::test]
async fn a_class_that_is_not_there_is_said_to_be() {
    let (_folder, service) = ready(limits()).await;
    for class in ["7", "-1", "no such label"] {
        let asked = service.explain(why(Some(class), Method::Auto), heard().0).await;
        let problem = asked.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (404, "class_unknown"), "{problem}");
    }
}

#[tokio::test]
async fn an_occlusion_that_is_given_up_gives_its_places_back() {
    let (_folder, service) = ready(Limits { queue: 4, max_batch: 4, ..limits() }).await;
    for _ in 0..10 {
        let (watcher, stages) = heard();
        let mut asking = service.explain(why(None, Method::Occlusion), watcher);
        // Until it is well under way.
        while stages.lock().unwrap().len() < 8 {
            assert!((&mut asking).now_or_never().is_none(), "it takes longer than that");
            tokio::task::yield_now().await;
        }
    }
    // All eight places are needed for these two at a time.
    let both = tokio::join!(
        service.explain(why(None, Method::Occlusion), heard().0),
        service.explain(why(None, Method::Occlusion), heard().0)
    );
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    assert!(ask(&service, "small", Picture::Example(None)).await.is_ok());
    let requests = service.readiness().requests;
    assert_eq!((requests.queued, requests.running), (0, 0));
}

#[tokio::test]
async fn whoever_waits_hears_how_far_it_is() {
    let (_folder, service) = ready(limits()).await;
    let (watcher, stages) = heard();
    let request = app::classify::Request {
        model: "small".into(),
        picture: Picture::Example(None),
        top_k: 1,
        crop: false,
    };
    service.watch(request, watcher).await.unwrap();
    let stages = stages.lock().unwrap();
    assert_eq!(stages[0], Stage::Decoding);
    assert!(matches!(stages[1], Stage::Queued { ahead: 0 } | Stage::Running), "{stages:?}");
}
