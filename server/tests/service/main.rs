//! The whole way of a picture with the real worker and a real, if small, network.

#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod cache;
mod duty;
mod explain;
mod faults;
mod meters;
mod pressure;
mod reload;
mod several;
mod states;
mod ways;

use std::{path::Path, sync::Arc, time::Duration};

use app::classify::{Classifier, Picture, Request};
use app::{problem::Problem, wire::Classification};
use server::{
    catalogue::Catalogue,
    fetch::{FetchMode, FetchPolicy, Fetcher},
    registry::{Loading, Preload},
    service::{Limits, Service},
};
use tempfile::TempDir;
use vision::compute::Compute;

use common::models::make_model;

fn limits() -> Limits {
    Limits {
        queue: 32,
        max_batch: 8,
        timeout: Duration::from_secs(60),
        stuck_after: Duration::from_secs(120),
        max_upload: 1 << 20,
        cache: 0,
        fallback: true,
        full_decode: false,
        loading: Loading { preload: Preload::All, max_loaded: None, compute: Compute::default() },
    }
}

fn start(models: &Path, limits: Limits) -> Service {
    let policy = FetchPolicy {
        mode: FetchMode::Public,
        allow: vec!["127.0.0.1/32".parse().unwrap()],
        max_bytes: limits.max_upload,
        ..FetchPolicy::default()
    };
    let fetcher = Fetcher::new(policy).unwrap();
    Service::start(Catalogue::read(models).unwrap(), fetcher, limits, Arc::new(())).unwrap()
}

/// A service with one model, `small`, that is ready.
async fn ready(limits: Limits) -> (TempDir, Service) {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let service = start(folder.path(), limits);
    service.settled().await;
    (folder, service)
}

async fn ask(service: &Service, model: &str, picture: Picture) -> Result<Classification, Problem> {
    service.classify(Request { model: model.into(), picture, top_k: 5, crop: false }).await
}

fn sent(bytes: impl Into<bytes::Bytes>) -> Picture {
    Picture::Bytes { bytes: bytes.into(), name: None }
}
