//! What only whoever runs the server may ask, on a listener of its own: meters, models in and out,
//! the log, the configuration.

mod browser;
mod models;

use std::{net::SocketAddr, sync::Arc};

use app::problem::Problem;
use axum::{
    Json, Router,
    extract::State,
    middleware::{Next, from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::{get, post},
};
use http::StatusCode;
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    access::KeyRing,
    backend::Backend,
    http::{
        AppState, HttpRequest, HttpResponse, accept::Format, dialect, exposed, health, problem,
        repository_control, request_log,
    },
    service::Service,
    telemetry::LogLevel,
};

/// What the routes work with.
#[derive(Debug, Clone)]
pub struct Admin {
    /// The service.
    pub service: Arc<Service>,
    /// What the routes of the protocols work with.
    pub state: AppState,
    /// What is logged.
    pub log: LogLevel,
    /// The configuration, as it is shown.
    pub config: Arc<serde_json::Value>,
    /// The keys of which one with the right to it is needed; `None` if none is.
    pub keys: Option<Arc<KeyRing>>,
}

/// Why an admin listener would be too open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the admin listener would be open to others at {0}: take an address of this machine alone, \
     such as 127.0.0.1:2019, put a key with admin = true into the file of --keys, or say \
     --admin-open if something else keeps strangers away"
)]
pub struct TooOpen(SocketAddr);

/// Checks that strangers cannot reach an admin listener at this address.
///
/// # Errors
///
/// When they can, and neither a key nor the one who runs the server keeps them out.
pub fn check(address: SocketAddr, keyed: bool, open: bool) -> Result<(), TooOpen> {
    if address.ip().to_canonical().is_loopback() || keyed || open {
        Ok(())
    } else {
        Err(TooOpen(address))
    }
}

/// The routes.
pub fn router(admin: Admin) -> Router {
    let control = repository_control().with_state(admin.state.clone());
    Router::new()
        .route("/metrics", get(metrics))
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/models", get(models::list))
        .route("/models/{model}/load", post(models::load))
        .route("/models/{model}/unload", post(models::unload))
        .route("/rescan", post(models::rescan))
        .route("/log", get(log).put(set_log))
        .route("/config", get(config))
        .merge(control)
        .method_not_allowed_fallback(async || refuse(&not_this_way()))
        .fallback(async || refuse(&not_here()))
        .layer(from_fn_with_state(admin.clone(), keyed))
        .layer(from_fn(browser::keep_out))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn(dialect::reword))
        .layer(from_fn_with_state(None, request_log::log))
        .with_state(admin)
}

/// Lets pass who has a key with the right to it, if one is needed.
async fn keyed(State(admin): State<Admin>, request: HttpRequest, next: Next) -> HttpResponse {
    let Some(keys) = &admin.keys else { return next.run(request).await };
    match keys.admit(request.headers()) {
        Ok(key) if key.admin => next.run(request).await,
        Ok(_) => {
            let detail = "This key is for asking, not for running the server.";
            refuse(&Problem::new(403, "key_not_admin", "The key does not open this", detail))
        }
        Err(problem) => refuse(&problem),
    }
}

async fn metrics(State(admin): State<Admin>) -> HttpResponse {
    exposed(admin.service.exposition())
}

async fn live(State(admin): State<Admin>) -> HttpResponse {
    health::live_answer(&admin.service.readiness())
}

async fn ready(State(admin): State<Admin>) -> HttpResponse {
    health::ready_answer(admin.service.readiness())
}

async fn log(State(admin): State<Admin>) -> HttpResponse {
    Json(json!({ "filter": admin.log.get() })).into_response()
}

/// Takes the filter as the body.
async fn set_log(State(admin): State<Admin>, filter: String) -> HttpResponse {
    match admin.log.set(&filter) {
        Ok(()) => log(State(admin)).await,
        Err(error) => {
            let detail =
                format!("{error}. Send it as the body, such as debug or server=debug,info.");
            refuse(&Problem::new(400, "filter_invalid", "The filter cannot be read", detail))
        }
    }
}

async fn config(State(admin): State<Admin>) -> HttpResponse {
    Json(&*admin.config).into_response()
}

fn not_here() -> Problem {
    let detail = "There is /metrics, /livez, /readyz, /models, /log, /config, and POST to \
                  /models/NAME/load, /models/NAME/unload and /rescan.";
    Problem::new(404, "not_found", "Nothing is here", detail)
}

fn not_this_way() -> Problem {
    let detail = "What changes something is sent with POST, and the log's filter with PUT.";
    Problem::new(405, "method_not_allowed", "Not this way", detail)
}

/// Only programs come here, so a problem is told as JSON.
fn refuse(problem: &Problem) -> HttpResponse {
    problem::respond(problem, Format::Json)
}

/// Done, with nothing to say.
fn done() -> HttpResponse {
    StatusCode::NO_CONTENT.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_others_reach_needs_a_key_or_a_word() {
        let address = |text: &str| text.parse::<SocketAddr>().expect("an address");
        for loopback in ["127.0.0.1:2019", "127.9.9.9:1", "[::1]:2019", "[::ffff:127.0.0.1]:2019"] {
            assert!(check(address(loopback), false, false).is_ok(), "{loopback}");
        }
        for reachable in ["0.0.0.0:2019", "[::]:2019", "192.168.0.1:2019", "10.0.0.1:2019"] {
            let refused = check(address(reachable), false, false).expect_err(reachable);
            assert!(refused.to_string().contains("--keys"), "{refused}");
            assert!(check(address(reachable), true, false).is_ok());
            assert!(check(address(reachable), false, true).is_ok());
        }
    }
}
