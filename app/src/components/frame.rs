//! What stands above and below every page.

use leptos::prelude::*;

/// The name of the site, which leads to the start page.
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
        </header>
    }
}

/// A word on what happens with the pictures.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <p>"Pictures are looked at and forgotten: nothing is stored, and this page loads nothing from elsewhere."</p>
        </footer>
    }
}
