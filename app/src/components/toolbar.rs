//! What can be done with the answer.

use leptos::prelude::*;

use super::{compare::Compare, copy_as::CopyAs};
use crate::{desk::Desk, texts::answer as texts, wire::MAX_SHOWN};

/// How many classes are shown, which model to compare with, and how to take the answer along.
#[component]
pub(crate) fn Toolbar(
    /// The page.
    desk: Desk,
    /// Names and titles of the other models.
    others: Vec<(String, String)>,
    /// The origin of the page, as far as the server knows it.
    origin: String,
) -> impl IntoView {
    let compare = (!others.is_empty()).then(|| view! { <Compare desk others/> });
    view! {
        <div class="toolbar">
            <ShowClasses desk/>
            {compare}
            <CopyAs desk origin/>
        </div>
    }
}

/// Chooses how many classes are shown. Without JavaScript the form sends the number along.
#[component]
fn ShowClasses(desk: Desk) -> impl IntoView {
    let choose = move |event| {
        if let Ok(number) = event_target_value(&event).parse::<u32>() {
            desk.shown.set(number.clamp(1, MAX_SHOWN));
            desk.follow();
        }
    };
    view! {
        <label class="count">
            <span>{texts::SHOW}</span>
            <input
                class="count__number" type="number" name="top_k" form="picture-form" min="1"
                max=MAX_SHOWN.to_string() value=desk.shown.get_untracked().to_string()
                on:input=choose
            />
        </label>
    }
}
