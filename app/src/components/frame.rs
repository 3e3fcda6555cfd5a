//! What stands above and below every page.

use leptos::prelude::*;

use super::theme_switch::{Awake, ThemeSwitch};
use crate::texts::frame as texts;

/// The name of the site, which leads to the start page, and the choice of colours.
#[component]
pub(crate) fn Header() -> impl IntoView {
    view! {
        <header class="site-header">
            <a class="brand" href="/">
                <svg class="brand__mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
                    <path class="brand__case" d="M7 25V13a9 9 0 0 1 18 0v12"/>
                    <path class="brand__base" d="M4 27h24"/>
                    <circle class="brand__piece" cx="16" cy="18" r="4"/>
                </svg>
                "vitrine"
            </a>
            <ThemeSwitch/>
        </header>
    }
}

/// A word on what happens with the pictures, and the way to the API.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <p>{texts::PROMISE}</p>
            <p><a href="/docs" rel="external">{texts::API}</a></p>
            <Awake/>
        </footer>
    }
}
