//! Models in and out.

use app::classify::Classifier;
use axum::{
    Json,
    extract::{Path, State},
    response::IntoResponse,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Admin, done, refuse};
use crate::{http::HttpResponse, registry::Unavailable, service::faults};

/// Every model: its state, since when, and what has become of the requests for it.
pub(super) async fn list(State(admin): State<Admin>) -> HttpResponse {
    let tallies = admin.service.meters().tallies();
    let models: Vec<Value> = admin
        .service
        .models()
        .into_iter()
        .map(|model| {
            let version = admin.service.registry().version(&model.name);
            let requests = tallies.get(&model.name).map(|tally| {
                json!({
                    "accepted": tally.accepted, "rejected": tally.rejected, "ok": tally.ok,
                    "failed": tally.failed, "expired": tally.expired,
                    "cancelled": tally.cancelled, "queued": tally.queued,
                    "running": tally.running,
                })
            });
            json!({
                "name": model.name,
                "status": model.state,
                "outdated": model.outdated,
                "fallback": model.fallback,
                "load_seconds": version.and_then(|version| version.load_seconds()),
                "requests": requests,
            })
        })
        .collect();
    Json(models).into_response()
}

/// Loads a model and answers when it is loaded.
pub(super) async fn load(State(admin): State<Admin>, Path(model): Path<String>) -> HttpResponse {
    answer(&model, admin.service.registry().load(&model).await)
}

/// Takes a model out of service.
pub(super) async fn unload(State(admin): State<Admin>, Path(model): Path<String>) -> HttpResponse {
    answer(&model, admin.service.registry().unload(&model))
}

/// Looks for new, changed and removed models.
pub(super) async fn rescan(State(admin): State<Admin>) -> HttpResponse {
    admin.service.registry().rescan(true);
    StatusCode::ACCEPTED.into_response()
}

fn answer(model: &str, outcome: Result<(), Unavailable>) -> HttpResponse {
    match outcome {
        Ok(()) => done(),
        Err(Unavailable::Unknown) => refuse(&faults::unknown_model(model)),
        Err(Unavailable::State(model, state)) => refuse(&faults::not_ready(&model, &state)),
    }
}
