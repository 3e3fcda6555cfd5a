//! The document around every page, and which page stands at which path.

use http::{header, request::Parts};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, Meta, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    components::{
        frame::{Footer, Header},
        theme_switch::Theme,
    },
    pages::{Home, Model, NotFound},
    texts,
};

/// The HTML document that the server sends, with the page in its body.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let scripts = view! {
        <AutoReload options=options.clone()/>
        <HydrationScripts options=options.clone() islands=true/>
    };
    sheet(options, scripts, view! { <App/> })
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
    let body = view! {
        <Title text=format!("{title} · vitrine")/>
        <a class="skip" href="#content">{texts::frame::SKIP}</a>
        <Header/>
        <main id="content" tabindex="-1">{content.into_view()}</main>
        <Footer/>
    };
    sheet(options, (), body)
}

/// What every document has around its body.
fn sheet(options: LeptosOptions, scripts: impl IntoView, body: impl IntoView) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang=texts::LANGUAGE data-theme=theme().key()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet id="vitrine" options/>
                {scripts}
                <MetaTags/>
            </head>
            <body>{body}</body>
        </html>
    }
}

/// All pages.
///
/// Every page is rendered whole before it is sent, so that it can set the status of the response
/// and works with JavaScript off.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| format!("{page} · vitrine")/>
        <Meta name="description" content=texts::frame::DESCRIPTION/>
        <Router>
            <a class="skip" href="#content" rel="external">{texts::frame::SKIP}</a>
            <Header/>
            <main id="content" tabindex="-1">
                <FlatRoutes fallback=NotFound>
                    <Route path=path!("/") view=Home ssr=SsrMode::Async/>
                    <Route path=path!("/:model") view=Model ssr=SsrMode::Async/>
                </FlatRoutes>
            </main>
            <Footer/>
        </Router>
    }
}

/// The colours that the visitor has chosen. They stand in a cookie, so that no page is ever seen in
/// the wrong ones.
pub(crate) fn theme() -> Theme {
    let parts = use_context::<Parts>();
    let cookies = parts.as_ref().and_then(|it| it.headers.get(header::COOKIE)?.to_str().ok());
    let cookies = cookies.unwrap_or_default().split(';').map(str::trim);
    cookies.filter_map(|it| it.strip_prefix("theme=")).map(Theme::of).next().unwrap_or_default()
}
