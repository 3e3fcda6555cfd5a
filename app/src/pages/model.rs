//! `/{model}`

use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::NotFound;
use crate::{
    asking::Asking,
    components::{
        AnswerPanel, Banner, Examples, ModelHeader, PictureForm, ProblemView, keep_fresh,
    },
    opened::{Opened, Visit, open},
};

/// A model's page: a form for a picture, examples, and the answer.
///
/// With `?url=` or `?example=` it opens with the answer, so that answers can be shared as links.
#[component]
pub fn Model() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let visit = Memo::new(move |_| Visit {
        model: params.read().get("model").unwrap_or_default(),
        url: query.read().get("url"),
        example: query.read().get("example"),
    });
    // A visit to another model, or with another question, starts over.
    move || view! { <Visited visit=visit.get()/> }
}

#[component]
fn Visited(visit: Visit) -> impl IntoView {
    let opened = Resource::new(|| (), move |()| open(visit.clone()));
    view! {
        <Suspense fallback=|| view! { <p class="waiting">"One moment …"</p> }>
            {move || Suspend::new(async move {
                match opened.await {
                    Ok(opened) => EitherOf3::A(view! { <Desk opened/> }),
                    Err(problem) if problem.status == 404 => EitherOf3::B(view! { <NotFound/> }),
                    Err(problem) => EitherOf3::C(view! {
                        <Title text="Out of order"/>
                        <ProblemView problem/>
                    }),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Desk(opened: Opened) -> impl IntoView {
    let Opened { model, url, outcome } = opened;
    let name = model.name.clone();
    // Without JavaScript, too, the answer should be in view when it comes.
    let action = format!("/{name}#answer");
    let title = model.title.clone();
    let examples = model.examples.clone();
    let max_upload = model.max_upload;
    let asking = Asking::new(name.clone());
    let pending = asking.pending();
    let outcome = asking.outcome(outcome);
    let model = RwSignal::new(model);
    keep_fresh(model);
    view! {
        <Title text=title/>
        <ModelHeader model=model.into()/>
        <Banner model=model.into() outcome/>
        <div class="desk">
            <PictureForm name action=action.clone() url max_upload asking/>
            <AnswerPanel outcome pending/>
            <Examples action examples asking/>
        </div>
    }
}
