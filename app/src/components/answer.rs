//! The answer to a picture.

use leptos::{either::EitherOf3, html, prelude::*};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{Predictions, ProblemView, SourceLine, TimingList};
use crate::{asking::Outcome, format::percent, wire::Classification};

/// The place for the answer: says what to do until there is one, shows the newest answer or
/// what went wrong, and stays dimmed while the next one is awaited.
///
/// The outcome is also told in a sentence to those who listen to the page.
#[component]
pub fn AnswerPanel(
    /// What came of the newest picture.
    outcome: Signal<Option<Outcome>>,
    /// Whether the next answer is being waited for.
    pending: Signal<bool>,
) -> impl IntoView {
    let panel = NodeRef::<html::Section>::new();
    keep_in_view(panel, outcome, pending);
    let told = move || told(pending.get(), outcome.get().as_ref());
    let body = move || match outcome.get() {
        None => EitherOf3::A(view! { <Nothing/> }),
        Some(Ok(classification)) => EitherOf3::B(view! { <Answer classification/> }),
        Some(Err(problem)) => EitherOf3::C(view! { <ProblemView problem/> }),
    };
    view! {
        <section
            id="answer"
            class="answer"
            aria-labelledby="answer-heading"
            aria-busy=move || pending.get().to_string()
            node_ref=panel
        >
            <h2 id="answer-heading">"Answer"</h2>
            <p class="hidden" role="status" aria-live="polite">{told}</p>
            <div class="answer__body">{body}</div>
        </section>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="nothing">
            <svg class="nothing__mark" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
                <path d="M9 39V19a15 15 0 0 1 30 0v20M5 42h38"/>
            </svg>
            <p>"Nothing on display yet. Choose an example, or show a picture of your own."</p>
        </div>
    }
}

#[component]
fn Answer(classification: Classification) -> impl IntoView {
    let Classification { model, fallback_for, predictions, source, timing, note, crop } =
        classification;
    let seen = crop.map(|crop| {
        view! {
            <figure class="seen">
                <img class="seen__picture" src=crop alt="The picture as the network saw it" width="224" height="224"/>
                <figcaption>"What the network saw"</figcaption>
            </figure>
        }
    });
    let note = note.map(|note| view! { <p class="note">{note}</p> });
    let stand_in = fallback_for.map(|asked| {
        view! {
            <p class="note">"Answered by " <b>{model}</b> ", which stands in for " <b>{asked}</b> "."</p>
        }
    });
    view! {
        {note}
        {stand_in}
        <div class="answer__parts">
            {seen}
            <Predictions predictions/>
        </div>
        <div class="answer__details">
            <SourceLine source/>
            <TimingList timing/>
        </div>
    }
}

/// Scrolls to the panel when something happens in it that the visitor would miss, as on a phone,
/// where the examples stand below it.
fn keep_in_view(
    panel: NodeRef<html::Section>,
    outcome: Signal<Option<Outcome>>,
    pending: Signal<bool>,
) {
    Effect::new(move |opened: Option<()>| {
        pending.track();
        outcome.track();
        // Where the page opens is the browser's affair.
        if opened.is_some()
            && let Some(panel) = panel.get_untracked()
        {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            panel.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// The state of things in a sentence.
fn told(pending: bool, outcome: Option<&Outcome>) -> String {
    match outcome {
        _ if pending => "Classifying the picture.".to_owned(),
        Some(Ok(classification)) => {
            classification.predictions.first().map_or_else(String::new, |best| {
                format!("Most probably {}, {}.", best.label, percent(best.probability))
            })
        }
        // A problem is an alert and speaks for itself.
        Some(Err(_)) | None => String::new(),
    }
}

#[cfg(all(test, feature = "ssr"))]
#[path = "answer/tests.rs"]
mod tests;
