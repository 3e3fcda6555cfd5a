//! Serves the pages with a made-up classifier: a tool for working on the pages without models.
//!
//! ```sh
//! cargo leptos build --frontend-only
//! cargo run -p app --features ssr --example preview
//! ```
//!
//! `LEPTOS_SITE_ADDR` chooses the address, as it does for the real server.

mod classifier;

use std::sync::Arc;

use app::{
    App,
    classify::{Picture, Posted, Request, SharedClassifier},
    shell,
};
use axum::{
    Router,
    body::Body,
    extract::{Multipart, Path, State},
    http::{HeaderValue, Uri, header},
    response::Response,
    routing::{get, post},
};
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = get_configuration(Some("Cargo.toml"))?.leptos_options;
    // The build puts it beside the folder of the programs, of which this is one folder further down.
    let names = std::env::current_exe()?.with_file_name("../../site/hash.txt");
    options.hash_files = names.is_file();
    options.hash_file = names.to_string_lossy().into();
    let address = options.site_addr;
    let classifier: SharedClassifier = Arc::new(classifier::MadeUp::default());
    let listener = tokio::net::TcpListener::bind(address).await?;
    eprintln!("http://{address}");
    axum::serve(listener, router(options, classifier)).await?;
    Ok(())
}

fn router(options: LeptosOptions, classifier: SharedClassifier) -> Router {
    let context = {
        let classifier = classifier.clone();
        move || {
            provide_context(classifier.clone());
            security_policy();
        }
    };
    let page = {
        let options = options.clone();
        move || shell(options.clone())
    };
    Router::new()
        .route("/readyz", get(async || "ready"))
        .route("/favicon.svg", get(favicon))
        .route("/examples/{file}", get(picture))
        .route("/{model}", post(posted).with_state((options.clone(), classifier)))
        .leptos_routes_with_context(&options, generate_route_list(App), context.clone(), page)
        .fallback(leptos_axum::file_and_error_handler_with_context(context, shell))
        .with_state(options)
}

/// The policy that the server sends too, so that the pages are seen to keep it.
fn security_policy() {
    let policy = use_nonce().map(|nonce| {
        format!(
            "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; \
             script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'"
        )
    });
    let policy = policy.and_then(|policy| HeaderValue::from_str(&policy).ok());
    if let (Some(policy), Some(response)) = (policy, use_context::<ResponseOptions>()) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

type Drawing<T> = ([(header::HeaderName, &'static str); 1], T);

async fn favicon() -> Drawing<&'static str> {
    let svg = include_str!("../../../public/favicon.svg");
    ([(header::CONTENT_TYPE, "image/svg+xml")], svg)
}

async fn picture(Path(file): Path<String>) -> Drawing<String> {
    ([(header::CONTENT_TYPE, "image/svg+xml")], classifier::drawing(&file))
}

/// A form that was posted without JavaScript.
async fn posted(
    State((options, classifier)): State<(LeptosOptions, SharedClassifier)>,
    Path(model): Path<String>,
    uri: Uri,
    mut form: Multipart,
) -> Response {
    let (mut url, mut picture, mut top_k) = (None, None, 5);
    while let Ok(Some(field)) = form.next_field().await {
        let file = field.file_name().map(str::to_owned).filter(|name| !name.is_empty());
        let field_name = field.name().unwrap_or_default().to_owned();
        let Ok(bytes) = field.bytes().await else { break };
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        match field_name.as_str() {
            "image" if file.is_some() => picture = Some(Picture::Bytes { bytes, name: file }),
            "example" => picture = Some(Picture::Example(Some(text))),
            "url" if !text.is_empty() => url = Some(text),
            "top_k" => top_k = text.parse().unwrap_or(top_k),
            _ => {}
        }
    }
    let picture = picture.or_else(|| url.map(Picture::Url)).unwrap_or(Picture::Example(None));
    let given = Some(picture.clone());
    let request = Request { model, picture, top_k, crop: true };
    let outcome = classifier.classify(request).await;
    let context = move || {
        provide_context(classifier.clone());
        provide_context(Posted { picture: given.clone(), outcome: outcome.clone(), why: None });
        security_policy();
    };
    let render =
        leptos_axum::render_app_async_with_context(context, move || shell(options.clone()));
    let request = axum::http::Request::builder().uri(uri).body(Body::empty());
    render(request.unwrap_or_default()).await
}
