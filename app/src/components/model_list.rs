//! All models.

use leptos::{either::Either, prelude::*};

use super::{Facts, ProblemView, StateBadge};
use crate::{
    server_fns::models,
    wire::{ModelState, ModelSummary},
};

/// The models that the server holds, each leading to its page.
#[component]
pub fn ModelList() -> impl IntoView {
    let models = Resource::new(|| (), |()| models());
    view! {
        <Suspense fallback=|| view! { <p class="waiting">"One moment …"</p> }>
            {move || Suspend::new(async move {
                match models.await {
                    Ok(models) => Either::Left(view! {
                        <ul class="models" role="list">
                            {models.into_iter().map(|model| view! { <Card model/> }).collect_view()}
                        </ul>
                    }),
                    Err(problem) => Either::Right(view! { <ProblemView problem/> }),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Card(model: ModelSummary) -> impl IntoView {
    let ModelSummary { name, title, description, state, fallback, .. } = model.clone();
    // Said only of a model that cannot answer itself, with what would change that.
    let absent = match &state {
        ModelState::Absent { hint } => Some(hint.clone()),
        _ => None,
    };
    let absent = absent.map(|hint| {
        let stand_in = fallback
            .map(|fallback| view! { "Answered by " <b>{fallback}</b> " for now. " });
        view! { <p class="card__fallback">{stand_in} "This brings its weights: " <code>{hint}</code></p> }
    });
    let pictures = model.examples.iter().take(4).map(|example| {
        view! {
            <img class="card__picture" src=example.path.clone() alt="" width="64" height="64" loading="lazy"/>
        }
    });
    view! {
        <li class="card">
            <div class="card__pictures" aria-hidden="true">{pictures.collect_view()}</div>
            <div class="card__title">
                <h3><a href=format!("/{name}")>{title}</a></h3>
                <StateBadge state/>
            </div>
            <p>{description}</p>
            {absent}
            <Facts model/>
        </li>
    }
}
