//! All models.

use leptos::prelude::*;

use super::StateBadge;
use crate::{
    format::{count, size},
    texts::{home, model as texts},
    wire::{ModelState, ModelStatus, ModelSummary, ServerStatus},
};

/// The models that the server holds, each leading to its page. What they are doing and how much
/// follows the server.
#[component]
pub(crate) fn Cards(
    /// The models.
    models: Vec<ModelSummary>,
    /// How things stand; nothing while that is not known.
    now: RwSignal<Option<ServerStatus>>,
) -> impl IntoView {
    let cards = models.into_iter().map(|model| view! { <Card model now/> });
    view! { <ul class="models" role="list">{cards.collect_view()}</ul> }
}

#[component]
fn Card(model: ModelSummary, now: RwSignal<Option<ServerStatus>>) -> impl IntoView {
    let ModelSummary { name, title, description, state, fallback, examples, .. } = model;
    let path = format!("/{name}");
    // What was last known, if the server does not answer.
    let status = Memo::new(move |before: Option<&Option<ModelStatus>>| {
        let status = now.with(|it| it.as_ref()?.models.iter().find(|it| it.name == name).cloned());
        status.or_else(|| before.cloned().flatten())
    });
    let state = Memo::new(move |_| {
        status.with(|it| it.as_ref().map_or_else(|| state.clone(), |it| it.state.clone()))
    });
    // Said only of a model that cannot answer itself, with what would change that.
    let stand_in = fallback.map(|fallback| texts::answered_by(&fallback));
    let absent = move || match state.get() {
        ModelState::Absent { hint } => Some(view! {
            <p class="card__fallback">
                {stand_in.clone()} " " {texts::BRINGS_WEIGHTS} <code>{hint}</code>
            </p>
        }),
        _ => None,
    };
    let pictures = examples.into_iter().take(4).map(|example| {
        let thumbnail = format!("{}?thumbnail", example.path);
        view! {
            <img class="card__picture" src=thumbnail alt="" width="100" height="75" loading="lazy"/>
        }
    });
    let description =
        description.split_inclusive(". ").next().unwrap_or_default().trim().to_owned();
    let figure = move |value: fn(&ModelStatus) -> Option<String>| {
        move || {
            let value = status.with(|it| it.as_ref().and_then(value));
            value.unwrap_or_else(|| home::UNKNOWN.to_owned())
        }
    };
    let load = |it: &ModelStatus| Some(texts::pictures(&count(u64::from(it.last_minute))));
    view! {
        <li class="card">
            <div class="card__pictures" aria-hidden="true">{pictures.collect_view()}</div>
            <div class="card__title">
                <h3><a href=path>{title}</a></h3>
                <StateBadge state/>
            </div>
            <p>{description}</p>
            {absent}
            <dl class="facts facts--card">
                <div class="facts__fact"><dt>{texts::NETWORK}</dt><dd>{model.architecture}</dd></div>
                <div class="facts__fact">
                    <dt>{texts::KNOWS}</dt>
                    <dd>{texts::classes(&count(u64::from(model.classes)))}</dd>
                </div>
                <div class="facts__fact">
                    <dt>{texts::WEIGHTS}</dt><dd>{figure(|it| it.weights_bytes.map(size))}</dd>
                </div>
                <div class="facts__fact"><dt>{texts::LOAD}</dt><dd>{figure(load)}</dd></div>
            </dl>
        </li>
    }
}
