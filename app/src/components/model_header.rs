//! The head of a model's page.

use leptos::prelude::*;

use super::{Facts, StateBadge};
use crate::{texts::model as texts, wire::ModelSummary};

/// A model's title, state, description and facts. Of a long description the first sentence is in
/// sight, so that the page begins with what it is for.
#[component]
pub(crate) fn ModelHeader(
    /// The model; its state may change.
    model: Signal<ModelSummary>,
) -> impl IntoView {
    let state = Memo::new(move |_| model.with(|model| model.state.clone()));
    // The rest stays as long as the page does.
    let model = model.get_untracked();
    let (lead, rest) = first_sentence(&model.description);
    let rest = (!rest.is_empty()).then(|| view! { <p>{rest.to_owned()}</p> });
    view! {
        <header class="intro intro--model">
            <div class="intro__title">
                <h1>{model.title.clone()}</h1>
                <StateBadge state/>
            </div>
            <p class="lead">{lead.to_owned()}</p>
            <details class="about">
                <summary>{texts::ABOUT}</summary>
                {rest}
                <Facts model/>
            </details>
        </header>
    }
}

fn first_sentence(text: &str) -> (&str, &str) {
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    let (first, rest) = text.split_at(end);
    (first, rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::first_sentence;

    #[test]
    fn a_sentence_ends_with_its_stop() {
        assert_eq!(first_sentence("A. B 1.5 c."), ("A.", "B 1.5 c."));
        assert_eq!(first_sentence("Only one"), ("Only one", ""));
    }
}
