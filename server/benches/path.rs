//! From a request to the answer that a model has no weights: what every request passes, and nothing else.

#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "../tests/common/models.rs"]
mod models;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    http::Request,
};
use criterion::{Criterion, criterion_group, criterion_main};
use leptos::prelude::LeptosOptions;
use server::{
    catalogue::Catalogue,
    fetch::{FetchMode, FetchPolicy, Fetcher},
    http::{AppState, router},
    registry::{Loading, Preload},
    service::{Limits, Service},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use tracing_subscriber::{fmt, layer::SubscriberExt, registry, util::SubscriberInitExt};
use vision::compute::Compute;

use models::make_model;

/// A service with one model, which lacks its weights.
fn service(folder: &TempDir) -> Service {
    let limits = Limits {
        queue: 64,
        max_batch: 8,
        timeout: Duration::from_secs(30),
        stuck_after: Duration::from_secs(120),
        max_upload: 10 << 20,
        cache: 0,
        fallback: true,
        full_decode: false,
        loading: Loading { preload: Preload::All, max_loaded: None, compute: Compute::default() },
    };
    make_model(folder.path(), "small", None, false);
    let policy = FetchPolicy { mode: FetchMode::Off, ..FetchPolicy::default() };
    let fetcher = Fetcher::new(policy).expect("a client that fetches nothing");
    let catalogue = Catalogue::read(folder.path()).expect("a model");
    Service::start(catalogue, fetcher, limits, Arc::new(())).expect("a service")
}

fn path(c: &mut Criterion) {
    // The lines are worded as in the program, and go nowhere.
    registry().with(fmt::layer().with_writer(std::io::sink)).init();
    let folder = TempDir::new().expect("a temporary folder");
    let runtime = Runtime::new().expect("a runtime");
    let _entered = runtime.enter();
    let state = AppState {
        leptos: LeptosOptions::builder().output_name("vitrine").build().into(),
        backend: Arc::new(service(&folder)),
        max_upload: 10 << 20,
        max_bodies: 64,
        body_timeout: Duration::from_secs(30),
        operations: Arc::default(),
    };
    let router = router(&state, Router::new());
    let body = Bytes::from(vec![0xff; 100_000]);
    c.bench_function("path to a model without weights", |b| {
        b.iter(|| {
            let request = Request::post("/small").header("content-type", "image/jpeg");
            let request = request.body(Body::from(body.clone())).expect("a request");
            runtime.block_on(router.clone().oneshot(request)).expect("no error")
        });
    });
}

criterion_group!(benches, path);
criterion_main!(benches);
