//! All models.

use leptos::{either::Either, prelude::*};

use super::{ProblemView, StateBadge};
use crate::{
    format::{count, size},
    server_fns::service::classifier,
    texts::model as texts,
    wire::{ModelState, ModelStatus, ModelSummary},
};

/// The models that the server holds, each leading to its page.
#[component]
pub fn ModelList() -> impl IntoView {
    let classifier = match classifier() {
        Ok(classifier) => classifier,
        Err(problem) => return Either::Right(view! { <ProblemView problem/> }),
    };
    let status = classifier.status();
    let cards = classifier.models().into_iter().map(|model| {
        let status = status.models.iter().find(|it| it.name == model.name).cloned();
        view! { <Card model status/> }
    });
    Either::Left(view! { <ul class="models" role="list">{cards.collect_view()}</ul> })
}

#[component]
fn Card(model: ModelSummary, status: Option<ModelStatus>) -> impl IntoView {
    let ModelSummary { name, title, description, state, fallback, .. } = model.clone();
    // Said only of a model that cannot answer itself, with what would change that.
    let absent = match &state {
        ModelState::Absent { hint } => Some(hint.clone()),
        _ => None,
    };
    let absent = absent.map(|hint| {
        let stand_in = fallback
            .map(|fallback| view! { {texts::answered_by(&fallback)} " " });
        view! { <p class="card__fallback">{stand_in} {texts::BRINGS_WEIGHTS} <code>{hint}</code></p> }
    });
    let pictures = model.examples.iter().take(4).map(|example| {
        let thumbnail = format!("{}?thumbnail", example.path);
        view! {
            <img class="card__picture" src=thumbnail alt="" width="100" height="75" loading="lazy"/>
        }
    });
    let description =
        description.split_inclusive(". ").next().unwrap_or_default().trim().to_owned();
    view! {
        <li class="card">
            <div class="card__pictures" aria-hidden="true">{pictures.collect_view()}</div>
            <div class="card__title">
                <h3><a href=format!("/{name}")>{title}</a></h3>
                <StateBadge state/>
            </div>
            <p>{description}</p>
            {absent}
            <CardFacts model status/>
        </li>
    }
}

#[component]
fn CardFacts(model: ModelSummary, status: Option<ModelStatus>) -> impl IntoView {
    let weights = status.as_ref().and_then(|it| it.weights_bytes).map(size);
    let load = status.map(|it| texts::pictures(&count(u64::from(it.last_minute))));
    let facts = [
        (texts::NETWORK, Some(model.architecture)),
        (texts::KNOWS, Some(texts::classes(&count(u64::from(model.classes))))),
        (texts::WEIGHTS, weights),
        (texts::LOAD, load),
    ];
    let facts = facts.into_iter().filter_map(|(name, value)| {
        let value = value?;
        Some(view! { <div class="facts__fact"><dt>{name}</dt><dd>{value}</dd></div> })
    });
    view! { <dl class="facts facts--card">{facts.collect_view()}</dl> }
}
