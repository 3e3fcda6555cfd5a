//! Routes, and what every answer has in common.

pub(crate) mod accept;
pub mod assets;
pub mod classify;
mod compression;
pub(crate) mod dialect;
mod explain;
mod headers;
pub(crate) mod health;
mod hugging_face;
pub(crate) mod input;
mod intake;
mod kserve_v1;
mod linger;
mod oip;
mod once;
mod openapi;
mod operations;
pub(crate) mod problem;
pub(crate) mod request_log;
mod reserved;
mod several;
mod thumbnail;
mod torchserve;
mod trace_context;
mod upload_guard;

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use app::{App, classify::SharedClassifier, shell};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, Request},
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, file_and_error_handler_with_context, generate_route_list,
};
use tower::{Layer, ServiceBuilder, layer::layer_fn, util::option_layer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    normalize_path::{NormalizePath, NormalizePathLayer},
};

use crate::backend::Backend;
pub use oip::control as repository_control;
pub(crate) use operations::exposed;
pub use operations::{Exposition, Operations};
pub use reserved::RESERVED;
pub(crate) use reserved::is_reserved;

/// What the handlers work with.
#[derive(Clone)]
pub struct AppState {
    /// Where the browser's files are, for leptos.
    pub leptos: Arc<LeptosOptions>,
    /// The service.
    pub backend: Arc<dyn Backend>,
    /// Largest picture that is taken, in bytes.
    pub max_upload: u64,
    /// Requests with a body that are read and answered at a time.
    pub max_bodies: usize,
    /// How long a body may take to come.
    pub body_timeout: Duration,
    /// Rules of access, meters.
    pub operations: Arc<Operations>,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").field("max_upload", &self.max_upload).finish_non_exhaustive()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.leptos)
    }
}

impl AppState {
    /// What a page and a server function find in context.
    pub(crate) fn context(&self) -> impl Fn() + Clone + Send + Sync + 'static {
        let backend = Arc::clone(&self.backend);
        move || {
            let classifier: SharedClassifier = Arc::clone(&backend) as SharedClassifier;
            provide_context(classifier);
            headers::content_security_policy();
        }
    }
}

/// The pages there are. Found out once, since leptos lets every resource in the process hang for
/// as long as it looks for them: a page that is rendered meanwhile would never be finished.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// Everything vitrine answers to, and what is mounted beside it.
pub fn router(state: &AppState, mounts: Router) -> NormalizePath<Router> {
    let page = {
        let options = LeptosOptions::clone(&state.leptos);
        move || shell(options.clone())
    };
    let operations = &state.operations;
    let protocols = Router::new()
        .nest("/v1", kserve_v1::routes())
        .nest("/v2", oip::routes())
        .merge(torchserve::routes())
        .method_not_allowed_fallback(problem::method_not_allowed);
    let cross_origin =
        (!operations.origins.is_empty()).then(|| operations::cors(&operations.origins));
    // From the outermost to the innermost. As one layer, because the router would put each into a box
    // that is copied for every request, with all the boxes in it.
    let around = ServiceBuilder::new()
        .layer(from_fn_with_state(operations.meters.clone(), request_log::log))
        .layer(from_fn(headers::security))
        .map_request(linger::linger)
        .layer(option_layer(cross_origin))
        .layer(from_fn(dialect::reword))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(Arc::clone(operations), operations::guard))
        .layer(from_fn(upload_guard::turn_away))
        .layer(from_fn_with_state(Arc::new(intake::Intake::new(state)), intake::limit))
        // Every body is cut off at one limit above; readers need none of their own.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(compression::compress))
        .layer(layer_fn(once::Once::new));
    let router = Router::new()
        .leptos_routes_with_context(state, PAGES.clone(), state.context(), page)
        .route("/{model}", post(classify::classify))
        .route("/{model}/explain", get(explain::explain).post(explain::explain))
        .route("/models/{model}/{file}", get(assets::example))
        .route("/favicon.svg", get(assets::top_level))
        .route("/robots.txt", get(assets::top_level))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(operations::metrics))
        .merge(openapi::routes());
    let router = router
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(file_and_error_handler_with_context::<AppState, _>(state.context(), shell))
        .merge(protocols)
        .with_state(state.clone())
        .merge(mounts)
        .layer(around);
    // Outside the router, since a layer inside it runs only after a route has been chosen.
    NormalizePathLayer::trim_trailing_slash().layer(router)
}

/// How long a client may take for the head of a request.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// What a handler is given and what it gives.
pub(crate) type HttpRequest = Request;
pub(crate) type HttpResponse = Response;
