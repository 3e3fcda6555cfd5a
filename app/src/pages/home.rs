//! `/`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{ModelList, status_strip::StatusStrip},
    packed::Packed,
    server_fns::service::classifier,
    texts::home as texts,
};

/// The start page: what this is, how busy it is, and the models it holds.
#[component]
pub fn Home() -> impl IntoView {
    let status = classifier().map(|it| it.status()).unwrap_or_default();
    view! {
        <Title text=texts::TITLE/>
        <header class="intro">
            <h1>{texts::HEADING}</h1>
            <p class="lead">{texts::LEAD}</p>
        </header>
        <StatusStrip first=Packed::new(&status)/>
        <section aria-labelledby="models">
            <h2 id="models" class="hidden">{texts::TITLE}</h2>
            <ModelList/>
        </section>
    }
}
