//! Everything else

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::Cards, server_fns::service::classifier, status::page_status, texts::home as texts,
};

/// Shown where there is no page: says so with the status 404 and lists what there is.
#[component]
pub fn NotFound() -> impl IntoView {
    page_status(404);
    let known = classifier().ok();
    let models = known.as_ref().map(|it| it.models()).unwrap_or_default();
    // They stand still: this page has no island of its own.
    let now = RwSignal::new(known.map(|it| it.status()));
    view! {
        <Title text=texts::NOT_FOUND/>
        <header class="intro">
            <p class="kicker">"404"</p>
            <h1>{texts::NOT_FOUND_HEADING}</h1>
            <p class="lead">{texts::NOT_FOUND_LEAD}</p>
        </header>
        <h2 class="hidden">{texts::TITLE}</h2>
        <Cards models now/>
    }
}
