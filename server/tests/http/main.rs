//! The routes, asked without a socket, with a made-up classifier behind them.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]

mod answers;
mod backend;
mod delivery;
mod explain;
mod health;
mod inputs;
mod linger;
mod operations;
mod pages;

use app::classify::Request as Question;
use axum::{Router, body::Body};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use leptos::prelude::LeptosOptions;
use server::http::{AppState, Operations, router};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::backend::Fake;

/// Largest picture that the made-up server takes.
const MAX_UPLOAD: u64 = 10_000;

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Reply {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Every request runs on one runtime, as in the program: leptos keeps one executor for the whole
/// process, which must not be left by a runtime that ends with its test.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn state(fake: Arc<Fake>, operations: Operations) -> AppState {
    AppState {
        leptos: LeptosOptions::builder().output_name("vitrine").build().into(),
        backend: fake,
        max_upload: MAX_UPLOAD,
        max_bodies: 4,
        body_timeout: Duration::from_millis(300),
        operations: operations.into(),
    }
}

async fn send_to(fake: Arc<Fake>, request: Request<Body>) -> Reply {
    send_with(fake, Operations::default(), request).await
}

async fn send_with(fake: Arc<Fake>, operations: Operations, request: Request<Body>) -> Reply {
    let answer = RUNTIME.spawn(async move {
        let router = router(&state(fake, operations), Router::new());
        let response = router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Reply { status: parts.status, headers: parts.headers, body }
    });
    answer.await.unwrap()
}

async fn send(request: Request<Body>) -> Reply {
    send_to(Arc::default(), request).await
}

/// What the classifier was asked, and what the caller heard.
async fn ask(request: Request<Body>) -> (Option<Question>, Reply) {
    let fake = Arc::new(Fake::default());
    let reply = send_to(Arc::clone(&fake), request).await;
    let question = fake.asked.lock().unwrap().pop();
    (question, reply)
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn post(path: &str, kind: &str, accept: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(path).header("accept", accept);
    let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
    request.body(body.into()).unwrap()
}
