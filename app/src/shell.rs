//! The document around every page, and which page stands at which path.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, Meta, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    components::frame::{Footer, Header},
    pages::{Home, Model, NotFound},
};

/// The HTML document that the server sends, with the page in its body.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet id="vitrine" options=options.clone()/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// A document without a script, for a page that stands beside the others: a title and what is in
/// it. To be rendered on the server only.
#[cfg(feature = "ssr")]
pub fn document(
    options: LeptosOptions,
    title: &'static str,
    content: impl IntoView,
) -> impl IntoView {
    provide_meta_context();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet id="vitrine" options/>
                <MetaTags/>
            </head>
            <body>
                <Title text=format!("{title} · vitrine")/>
                <a class="skip" href="#content">"Skip to content"</a>
                <Header/>
                <main id="content" tabindex="-1">{content.into_view()}</main>
                <Footer/>
            </body>
        </html>
    }
}

/// All pages, in the browser and on the server.
///
/// ## Server-side rendering
///
/// Every page is rendered whole before it is sent, so that it can set the status of the response
/// and works with JavaScript off.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Effects run only in a browser, and only once the page reacts.
    let hydrated = RwSignal::new(false);
    Effect::new(move || hydrated.set(true));
    view! {
        <Title formatter=|page: String| format!("{page} · vitrine")/>
        <Meta name="description" content="Image classifiers to try in the browser and to call over HTTP."/>
        <Router>
            <a class="skip" href="#content" rel="external">"Skip to content"</a>
            <Header/>
            <main id="content" tabindex="-1" data-hydrated=move || hydrated.get().then_some("")>
                <FlatRoutes fallback=NotFound>
                    <Route path=path!("/") view=Home ssr=SsrMode::Async/>
                    <Route path=path!("/:model") view=Model ssr=SsrMode::Async/>
                </FlatRoutes>
            </main>
            <Footer/>
        </Router>
    }
}
