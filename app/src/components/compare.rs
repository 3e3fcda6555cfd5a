//! A second opinion.

use leptos::prelude::*;

use crate::{desk::Desk, texts::answer as texts};

/// Chooses a model to compare with. Works without JavaScript as a form that leads to `?compare=`.
#[component]
pub(crate) fn Compare(
    /// The page.
    desk: Desk,
    /// Names and titles of the other models.
    others: Vec<(String, String)>,
) -> impl IntoView {
    let current = desk.rival.model.get_untracked();
    let none = current.is_empty();
    let options = others.into_iter().map(|(name, title)| {
        let chosen = name == current;
        view! { <option value=name selected=chosen>{title}</option> }
    });
    let kept = desk.subject.get_untracked().map(|subject| {
        use crate::snippet::Subject;
        match subject {
            Subject::Url(url) => view! { <input type="hidden" name="url" value=url/> }.into_any(),
            Subject::Example { file, .. } => {
                view! { <input type="hidden" name="example" value=file/> }.into_any()
            }
            Subject::File(_) => ().into_any(),
        }
    });
    view! {
        <form class="compare" method="get">
            {kept}
            <label class="compare__label" for="compare">{texts::COMPARE}</label>
            <select
                id="compare" class="select" name="compare"
                on:change=move |event| desk.compare(event_target_value(&event))
            >
                <option value="" selected=none>{texts::COMPARE_NONE}</option>
                {options.collect_view()}
            </select>
            <button class="button button--quiet plain" type="submit">{texts::COMPARE_GO}</button>
        </form>
    }
}
