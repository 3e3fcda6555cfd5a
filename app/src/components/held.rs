//! A question that another site has asked in the visitor's name.

use leptos::prelude::*;

use crate::{asking::Question, desk::Desk, texts::ways as texts};

/// Asks whether a question that came with a link from elsewhere should be answered. Works without
/// JavaScript as a form that leads to the same address, from this page.
#[component]
pub(crate) fn Held(
    /// The page.
    desk: Desk,
    /// The address in question.
    url: Option<String>,
    /// Or the example, by file name.
    example: Option<String>,
) -> impl IntoView {
    let gone = RwSignal::new(false);
    let (field, value, text) = match (url, example) {
        (Some(url), _) => ("url", url, texts::ASKED),
        (None, example) => ("example", example.unwrap_or_default(), texts::ASKED_EXAMPLE),
    };
    let question = if field == "url" {
        Question::Url(value.clone())
    } else {
        Question::Example(value.clone())
    };
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        gone.set(true);
        desk.ask(question.clone());
    };
    view! {
        <form class="held" method="get" hidden=gone aria-labelledby="held" on:submit=go>
            <h2 id="held">{texts::ASKED_HEADING}</h2>
            <p>{text}</p>
            <p class="held__what">{value.clone()}</p>
            <input type="hidden" name=field value=value/>
            <button class="button" type="submit">{texts::ASKED_YES}</button>
        </form>
    }
}
