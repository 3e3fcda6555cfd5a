//! The protocols of other model servers, asked without a socket, with a real if small network behind.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]

#[path = "../common/mod.rs"]
mod common;

mod bodies;
mod control;
mod kserve_v1;
mod malformed;
mod openapi;
mod others;
mod several;
mod shapes;
mod v2;

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{Router, body::Body};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use image::ImageFormat;
use leptos::prelude::LeptosOptions;
use server::{
    catalogue::Catalogue,
    fetch::{FetchMode, FetchPolicy, Fetcher},
    http::{AppState, repository_control, router},
    registry::{Loading, Preload},
    service::{Limits, Service},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use vision::compute::Compute;

use common::models::{make_model, picture};

/// Side of what the small network sees.
const SIDE: usize = 32;
/// Pictures that may wait.
const QUEUE: usize = 8;

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What the protocol calls the problem, in the only form that its clients read.
    fn error(&self) -> String {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.text());
        let json = self.json();
        let members: Vec<_> = json.as_object().unwrap().keys().collect();
        assert_eq!(members, ["error"]);
        json["error"].as_str().unwrap().to_owned()
    }
}

/// One service for all tests, on one runtime: leptos keeps one executor for the whole process.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static SERVICE: LazyLock<(TempDir, Arc<Service>)> = LazyLock::new(|| start(&["small"]));

/// A service with models of these names, all loaded, and the folder that they are in.
fn start(names: &[&str]) -> (TempDir, Arc<Service>) {
    let folder = TempDir::new().unwrap();
    for name in names {
        make_model(folder.path(), name, None, true);
    }
    make_model(folder.path(), "absent", Some(names[0]), false);
    let limits = Limits {
        queue: QUEUE,
        max_batch: 4,
        timeout: Duration::from_secs(60),
        stuck_after: Duration::from_secs(120),
        max_upload: 1 << 20,
        cache: 0,
        fallback: true,
        full_decode: false,
        loading: Loading { preload: Preload::All, max_loaded: None, compute: Compute::default() },
    };
    let fetcher = Fetcher::new(FetchPolicy { mode: FetchMode::Off, ..FetchPolicy::default() });
    let catalogue = Catalogue::read(folder.path()).unwrap();
    let service = Service::start(catalogue, fetcher.unwrap(), limits, Arc::new(())).unwrap();
    RUNTIME.block_on(service.settled());
    (folder, Arc::new(service))
}

fn state(service: &Arc<Service>) -> AppState {
    AppState {
        leptos: LeptosOptions::builder().output_name("vitrine").build().into(),
        backend: Arc::clone(service) as _,
        max_upload: 1 << 20,
        max_bodies: 64,
        body_timeout: Duration::from_secs(60),
        operations: Arc::default(),
    }
}

async fn reply(response: axum::response::Response) -> Reply {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Reply { status: parts.status, headers: parts.headers, body }
}

fn send(request: Request<Body>) -> Reply {
    send_to(&SERVICE.1, request)
}

fn send_to(service: &Arc<Service>, request: Request<Body>) -> Reply {
    let state = state(service);
    RUNTIME.block_on(async {
        reply(router(&state, Router::new()).oneshot(request).await.unwrap()).await
    })
}

/// As the operator's listener has it.
fn control(service: &Arc<Service>, path: &str, body: &'static str) -> Reply {
    let router = repository_control().with_state(state(service));
    let request = Request::post(path).body(Body::from(body)).unwrap();
    RUNTIME.block_on(async { reply(router.oneshot(request).await.unwrap()).await })
}

fn get(path: &str) -> Reply {
    send(Request::get(path).body(Body::empty()).unwrap())
}

fn post(path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Reply {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(request.body(body.into()).unwrap())
}

fn infer(headers: &[(&str, &str)], body: impl Into<Body>) -> Reply {
    post("/v2/models/small/infer", headers, body)
}

/// A picture as encoded.
fn png() -> Vec<u8> {
    picture(ImageFormat::Png, 60, 40)
}

/// Prepared pictures, `[n, 3, SIDE, SIDE]`.
fn numbers(n: usize) -> Vec<f32> {
    (0..n * 3 * SIDE * SIDE).map(|i| ((i * 7919) % 1000) as f32 / 500.0 - 1.0).collect()
}

fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}
