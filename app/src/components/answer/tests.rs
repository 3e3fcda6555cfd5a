use leptos::prelude::*;

use super::AnswerPanel;
use crate::{
    asking::Outcome,
    problem::Problem,
    wire::{Classification, Prediction, Source, SourceKind, Timing},
};

fn html(pending: bool, outcome: Option<Outcome>) -> String {
    Owner::new().with(|| {
        let outcome = Signal::stored(outcome);
        view! { <AnswerPanel outcome pending=Signal::stored(pending)/> }.to_html()
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
        note: None,
        crop: Some("data:image/png;base64,AAAA".to_owned()),
    }
}

#[test]
fn invites_while_there_is_nothing() {
    let html = html(false, None);
    assert!(html.contains("Nothing on display yet"), "{html}");
    assert!(html.contains(r#"aria-busy="false""#), "{html}");
}

#[test]
fn shows_the_answer_and_what_the_network_saw() {
    let html = html(false, Some(Ok(classification())));
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
    let html = html(false, Some(Ok(answer)));
    assert!(html.contains("<b>flags</b>") && html.contains("<b>vgg</b>"), "{html}");
    assert!(html.contains("No picture was given."), "{html}");
}

#[test]
fn is_busy_while_the_next_answer_is_awaited() {
    let html = html(true, Some(Ok(classification())));
    assert!(html.contains(r#"aria-busy="true""#), "{html}");
    assert!(html.contains("Classifying the picture."), "{html}");
    assert!(html.contains("Japan"), "the last answer stays: {html}");
}

#[test]
fn shows_a_problem_in_place_of_an_answer() {
    let problem = Problem::new(415, "not_a_picture", "Not a picture", "It is a text.");
    let html = html(false, Some(Err(problem)));
    assert!(html.contains(r#"role="alert""#) && html.contains("It is a text."), "{html}");
}
