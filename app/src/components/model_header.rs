//! The head of a model's page.

use leptos::prelude::*;

use super::{Facts, StateBadge};
use crate::wire::ModelSummary;

/// A model's title, state, description and facts.
#[component]
pub fn ModelHeader(
    /// The model; its state may change.
    model: Signal<ModelSummary>,
) -> impl IntoView {
    let state = Memo::new(move |_| model.with(|model| model.state.clone()));
    // The rest stays as long as the page does.
    let model = model.get_untracked();
    view! {
        <header class="intro">
            <div class="intro__title">
                <h1>{model.title.clone()}</h1>
                <StateBadge state/>
            </div>
            <p class="lead">{model.description.clone()}</p>
            <Facts model/>
        </header>
    }
}
