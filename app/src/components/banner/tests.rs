use leptos::prelude::*;

use super::Banner;
use crate::{
    asking::Outcome,
    wire::{Classification, ModelState, ModelSummary, Source, SourceKind, Timing},
};

fn html(state: ModelState, fallback: Option<&str>, outcome: Option<Outcome>) -> String {
    let model = ModelSummary {
        name: "vgg".to_owned(),
        title: "VGG-16".to_owned(),
        description: "Names a thousand things.".to_owned(),
        compute: None,
        architecture: "vgg16".to_owned(),
        input_size: 224,
        classes: 1000,
        licence: "CC BY 4.0".to_owned(),
        state,
        outdated: false,
        fallback: fallback.map(str::to_owned),
        examples: Vec::new(),
        max_upload: 1_000_000,
    };
    Owner::new().with(|| {
        let model = Signal::stored(model);
        view! { <Banner model outcome=Signal::stored(outcome)/> }.to_html()
    })
}

fn absent() -> ModelState {
    ModelState::Absent { hint: "vitrine pull vgg".to_owned() }
}

#[test]
fn a_ready_model_has_none() {
    assert!(!html(ModelState::Ready, None, None).contains("banner__title"));
}

#[test]
fn says_how_to_bring_the_weights() {
    let html = html(absent(), None, None);
    assert!(html.contains("vitrine pull vgg"), "{html}");
    assert!(!html.contains("answers in its place"), "{html}");
}

#[test]
fn names_the_model_that_answers_meanwhile() {
    let html = html(absent(), Some("flags"), None);
    assert!(html.contains(r#"href="/flags""#), "{html}");
    assert!(html.contains("vitrine pull vgg"), "{html}");
}

#[test]
fn names_the_model_that_did_answer() {
    let answer = Classification {
        model: "flags".to_owned(),
        fallback_for: Some("vgg".to_owned()),
        predictions: Vec::new(),
        source: Source {
            kind: SourceKind::Upload,
            name: None,
            format: "png".to_owned(),
            width: 1,
            height: 1,
            bytes: 1,
            animated: false,
        },
        timing: Timing::default(),
        cached: false,
        note: None,
        crop: None,
    };
    let html = html(absent(), None, Some(Ok(answer.into())));
    assert!(html.contains(r#"href="/flags""#), "{html}");
}

#[test]
fn tells_loading_and_failure_apart() {
    assert!(html(ModelState::Loading, None, None).contains("VGG-16 is loading its weights"));
    let failed = ModelState::Failed { reason: "The file is cut short.".to_owned() };
    let html = html(failed, None, None);
    assert!(html.contains("could not be loaded") && html.contains("cut short"), "{html}");
}
