//! `/`

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{ProblemView, status_strip::Standing},
    handed::hand,
    server_fns::service::classifier,
    texts::home as texts,
};

/// The start page: what this is, how busy it is, and the models it holds.
#[component]
pub fn Home() -> impl IntoView {
    let standing = match classifier() {
        Ok(classifier) => {
            let handed = hand((classifier.status(), classifier.models()));
            // The type of all that is in it would be too deep as a part of another.
            view! { {handed} <Standing/> }.into_any()
        }
        Err(problem) => view! { <ProblemView problem/> }.into_any(),
    };
    view! {
        <Title text=texts::TITLE/>
        <header class="intro">
            <h1>{texts::HEADING}</h1>
            <p class="lead">{texts::LEAD}</p>
        </header>
        {standing}
    }
}
