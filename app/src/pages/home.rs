//! `/`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::ModelList;

/// The start page: what this is, and the models it holds.
#[component]
pub fn Home() -> impl IntoView {
    view! {
        <Title text="Models"/>
        <header class="intro">
            <h1>"Show it a picture"</h1>
            <p class="lead">
                "Each model here looks at one picture and says what it most probably shows. "
                "Choose a model and try it with one of its examples or with a picture of your own."
            </p>
        </header>
        <section aria-labelledby="models">
            <h2 id="models" class="hidden">"Models"</h2>
            <ModelList/>
        </section>
    }
}
