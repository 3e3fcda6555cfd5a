use leptos::prelude::*;

use super::{AnswerPanel, told};
use crate::{
    asking::Outcome,
    desk::Desk,
    opened::Opened,
    problem::Problem,
    wire::{Classification, ModelState, ModelSummary, Prediction, Source, SourceKind, Timing},
};

fn html(outcome: Option<Outcome>) -> String {
    let model = ModelSummary {
        name: "flags".to_owned(),
        title: "Flags".to_owned(),
        description: String::new(),
        compute: None,
        architecture: String::new(),
        input_size: 64,
        classes: 2,
        licence: String::new(),
        state: ModelState::Ready,
        outdated: false,
        fallback: None,
        examples: Vec::new(),
        max_upload: 1,
    };
    let opened = Opened {
        model,
        others: Vec::new(),
        url: None,
        example: None,
        top_k: None,
        origin: String::new(),
        outcome,
        rival: None,
        held: false,
    };
    Owner::new().with(|| {
        let desk = Desk::new(&opened);
        let title = Signal::stored(None);
        view! { <AnswerPanel desk asking=desk.main title/> }.to_html()
    })
}

fn classification() -> Classification {
    Classification {
        model: "flags".to_owned(),
        fallback_for: None,
        predictions: vec![Prediction { index: 0, label: "Japan".to_owned(), probability: 0.97 }],
        source: Source {
            kind: SourceKind::Example,
            name: Some("Japan, waving".to_owned()),
            format: "jpeg".to_owned(),
            width: 640,
            height: 480,
            bytes: 54_321,
            animated: false,
        },
        timing: Timing::default(),
        cached: false,
        note: None,
        crop: Some("data:image/png;base64,AAAA".to_owned()),
    }
}

#[test]
fn invites_while_there_is_nothing() {
    let html = html(None);
    assert!(html.contains("Nothing on display yet"), "{html}");
    assert!(html.contains(r#"aria-busy="false""#), "{html}");
}

#[test]
fn shows_the_answer_and_what_the_network_saw() {
    let html = html(Some(Ok(classification().into())));
    assert!(html.contains(r#"src="data:image/png;base64,AAAA""#), "{html}");
    assert!(html.contains("Most probably Japan, 97.0%."), "{html}");
    assert!(html.contains("JPEG · 640 × 480 · 54 kB"), "{html}");
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn tells_who_answered_and_what_to_know() {
    let answer = Classification {
        fallback_for: Some("vgg".to_owned()),
        note: Some("No picture was given.".to_owned()),
        ..classification()
    };
    let html = html(Some(Ok(answer.into())));
    assert!(html.contains("Answered by flags, which stands in for vgg."), "{html}");
    assert!(html.contains("No picture was given."), "{html}");
}

#[test]
fn says_that_it_is_busy_whatever_it_shows() {
    let outcome = Ok(classification().into());
    assert_eq!(told(true, Some(&outcome)), "Classifying the picture.");
    assert_eq!(told(false, Some(&outcome)), "Most probably Japan, 97.0%.");
}

#[test]
fn shows_a_problem_in_place_of_an_answer() {
    let problem = Problem::new(415, "not_a_picture", "Not a picture", "It is a text.");
    let html = html(Some(Err(problem)));
    assert!(html.contains(r#"role="alert""#) && html.contains("It is a text."), "{html}");
}
