//! A model in figures.

use leptos::prelude::*;

use crate::{format::count, wire::ModelSummary};

/// What kind of network a model is, what it sees and knows, and its licence.
#[component]
pub fn Facts(
    /// The model.
    model: ModelSummary,
) -> impl IntoView {
    let side = model.input_size;
    let facts = [
        ("Network", model.architecture),
        ("Sees", format!("{side} × {side} pixels")),
        ("Knows", format!("{} classes", count(model.classes))),
        ("Licence", model.licence),
    ];
    let facts = facts.map(|(name, value)| {
        view! {
            <div class="facts__fact">
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    view! { <dl class="facts">{facts.into_iter().collect_view()}</dl> }
}
