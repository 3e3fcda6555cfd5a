//! Pictures to try a model with.

use leptos::{ev::MouseEvent, prelude::*};

use crate::{asking::Question, desk::Desk, texts::ways as texts, wire::ExamplePicture};

/// A model's example pictures; choosing one classifies it. Nothing if the model has none.
///
/// Works without JavaScript as a form that leads to `?example=`.
#[component]
pub(crate) fn Examples(
    /// Path to which the choice is sent without JavaScript.
    action: String,
    /// Its pictures.
    examples: Vec<ExamplePicture>,
    /// The page.
    desk: Desk,
) -> impl IntoView {
    let credits = examples.iter().map(|example| {
        let ExamplePicture { title, credit, .. } = example.clone();
        view! { <li><b>{title}</b> " – " {credit}</li> }
    });
    let credits = credits.collect_view();
    let any = !examples.is_empty();
    let pictures = examples.into_iter().map(|example| {
        let ExamplePicture { file, path, title, .. } = example;
        let question = file.clone();
        let choose = move |event: MouseEvent| {
            event.prevent_default();
            desk.ask(Question::Example(question.clone()));
        };
        let thumbnail = format!("{path}?thumbnail");
        view! {
            <li>
                <button class="example" name="example" value=file on:click=choose>
                    <img class="example__picture" src=thumbnail alt="" width="100" height="75" loading="lazy"/>
                    <span class="example__title">{title}</span>
                </button>
            </li>
        }
    });
    let pictures = pictures.collect_view();
    let rival = desk.rival.model.get_untracked();
    let rival =
        (!rival.is_empty()).then(|| view! { <input type="hidden" name="compare" value=rival/> });
    any.then(|| {
        view! {
            <form class="examples" method="get" action=action aria-labelledby="examples">
                <h2 id="examples">{texts::EXAMPLES}</h2>
                {rival}
                <ul class="examples__list" role="list">{pictures}</ul>
                <details class="credits">
                    <summary>{texts::CREDITS}</summary>
                    <ul>{credits}</ul>
                </details>
            </form>
        }
    })
}
