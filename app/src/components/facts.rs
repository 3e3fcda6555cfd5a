//! A model in figures.

use leptos::prelude::*;

use crate::{format::count, texts::model as texts, wire::ModelSummary};

/// What kind of network a model is, what it sees and knows, and its licence.
#[component]
pub fn Facts(
    /// The model.
    model: ModelSummary,
) -> impl IntoView {
    let network = match model.compute {
        Some(compute) => texts::computes(&model.architecture, &compute),
        None => model.architecture,
    };
    let facts = [
        (texts::NETWORK, network),
        (texts::SEES, texts::pixels(model.input_size)),
        (texts::KNOWS, texts::classes(&count(u64::from(model.classes)))),
        (texts::LICENCE, model.licence),
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
