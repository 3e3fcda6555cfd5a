//! The pages and server functions over HTTP, with a made-up classifier behind them.

#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../examples/preview/classifier.rs"]
mod classifier;
#[path = "http/pages.rs"]
mod pages;
#[path = "http/server_fns.rs"]
mod server_fns;

use std::sync::{Arc, LazyLock};

use app::{App, classify::SharedClassifier, shell};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use leptos::{config::LeptosOptions, prelude::provide_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use tower::ServiceExt;

/// Found out once: leptos lets every resource in the process hang for as long as it looks for the
/// pages, so that a test which is being rendered meanwhile would never end.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

/// Sends a request to the pages and server functions.
async fn send(request: Request<Body>) -> Reply {
    send_with(request, || {}).await
}

/// The same with more in the context.
async fn send_with(
    request: Request<Body>,
    more: impl Fn() + Clone + Send + Sync + 'static,
) -> Reply {
    let options = LeptosOptions::builder().output_name("vitrine").build();
    let classifier: SharedClassifier = Arc::new(classifier::MadeUp::default());
    let context = move || {
        provide_context(classifier.clone());
        more();
    };
    let page = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let router = Router::new()
        .leptos_routes_with_context(&options, PAGES.clone(), context.clone(), page)
        .fallback(leptos_axum::file_and_error_handler_with_context(context, shell))
        .with_state(options);
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    Reply { status: parts.status, headers: parts.headers, text }
}

async fn get(path: &str) -> Reply {
    let request = Request::get(path).header("accept", "text/html");
    send(request.body(Body::empty()).unwrap()).await
}
