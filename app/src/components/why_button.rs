//! Asking why a class is what it is.

use leptos::prelude::*;

use crate::{asking::Asking, texts::why as texts};

/// Asks which parts of the picture speak for a class.
#[component]
pub(crate) fn WhyButton(
    /// Whose answer it is.
    asking: Asking,
    /// The model that answered.
    model: StoredValue<String>,
    /// Number of the class.
    class: u32,
    /// Its label.
    label: String,
) -> impl IntoView {
    let why = asking.why;
    let pressed = move || why.class.read().as_ref().is_some_and(|it| it.0 == class).to_string();
    let name = label.clone();
    let ask = move |_| {
        let question = asking.question();
        model.with_value(|model| why.ask(model, question.as_ref(), class, label.clone()));
    };
    view! {
        <button class="ask scripted" type="button" aria-pressed=pressed on:click=ask>
            {texts::WHY}" "<span class="hidden">{name}</span>
        </button>
    }
}
