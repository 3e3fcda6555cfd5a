//! `/{model}`

use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::NotFound;
use crate::{
    components::{ProblemView, desk_view::DeskView},
    handed::hand,
    opened::{Visit, open},
    texts,
};

/// A model's page: ways to give a picture, examples, and the answer.
///
/// With `?url=` or `?example=` it opens with the answer, so that answers can be shared as links;
/// `?top_k=` says how many classes to show, and `?compare=` names a second model.
#[component]
pub fn Model() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let query = use_query_map().get_untracked();
    let visit = Visit {
        model: params.get("model").unwrap_or_default(),
        url: query.get("url"),
        example: query.get("example"),
        top_k: query.get("top_k").and_then(|it| it.parse().ok()),
        compare: query.get("compare"),
        why: query.get("why").map(|_| query.get("class").filter(|it| !it.trim().is_empty())),
    };
    let opened = Resource::new(|| (), move |()| open(visit.clone()));
    view! {
        <Suspense fallback=|| view! { <p class="waiting">{texts::frame::WAIT}</p> }>
            {move || Suspend::new(async move {
                match opened.await {
                    Ok(opened) => {
                        let title = opened.model.title.clone();
                        let handed = hand(opened);
                        EitherOf3::A(view! { <Title text=title/> {handed} <DeskView/> })
                    }
                    Err(problem) if problem.status == 404 => EitherOf3::B(view! { <NotFound/> }),
                    Err(problem) => EitherOf3::C(view! {
                        <Title text=texts::home::OUT_OF_ORDER/>
                        <ProblemView problem/>
                    }),
                }
            })}
        </Suspense>
    }
}
