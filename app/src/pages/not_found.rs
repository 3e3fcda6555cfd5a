//! Everything else

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{components::ModelList, status::page_status};

/// Shown where there is no page: says so and lists what there is.
///
/// ## Server-side rendering
///
/// Sets the status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    page_status(404);
    view! {
        <Title text="Not found"/>
        <header class="intro">
            <p class="kicker">"404"</p>
            <h1>"There is nothing on this shelf"</h1>
            <p class="lead">"No model goes by this name. These are the ones on display:"</p>
        </header>
        <ModelList/>
    }
}
