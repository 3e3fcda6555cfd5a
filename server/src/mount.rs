//! A pipeline of one's own, at a path of its own with a page of its own, beside the models.
//!
//! Whatever reads a picture and gives something that can be shown in words and as JSON can be
//! mounted. It gets all that a model has: every way of sending a picture, guarded fetching, limits
//! on decoding, a bounded queue in front of a thread that it owns, deadlines, and clear errors.

mod answer;
mod page;

use std::{error::Error, fmt::Display, io, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use broker::{Broker, Config, Pipeline};
use image::RgbImage;
use serde::Serialize;

use crate::{http::AppState, service::Service};

/// Where a pipeline is mounted, and what its page says.
#[derive(Debug, Clone)]
pub struct Stand {
    /// Path, beginning with a slash. It wins over a model of the same name.
    pub path: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it does, in a sentence or two.
    pub description: &'static str,
}

/// The pipelines that are served beside the models.
#[derive(Debug)]
pub struct Mounts {
    service: Arc<Service>,
    state: AppState,
    router: Router,
}

/// What the handlers of one pipeline work with.
struct Mounted<Response: Send + 'static> {
    stand: Stand,
    service: Arc<Service>,
    state: AppState,
    broker: Broker<RgbImage, Response>,
    timeout: Duration,
}

impl Mounts {
    pub(crate) fn new(service: Arc<Service>, state: AppState) -> Self {
        Self { service, state, router: Router::new() }
    }

    /// Starts a thread for a pipeline, which is made on it, and serves it: `GET` is the page,
    /// `POST` takes a picture in every way that a model takes it.
    ///
    /// The pipeline sees upright pictures of 8 bits RGB. Its responses are shown as
    /// [`Display`] words them, and to programs as [`Serialize`] does.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn add<P, E, F>(&mut self, stand: Stand, construct: F) -> io::Result<()>
    where
        P: Pipeline<Request = RgbImage>,
        P::Response: Display + Serialize,
        E: Into<Box<dyn Error + Send + Sync>>,
        F: FnOnce() -> Result<P, E> + Send + 'static,
    {
        let limits = self.service.limits();
        let config = Config {
            name: format!("mount {}", stand.path),
            queue: limits.queue,
            max_batch: limits.max_batch,
        };
        let timeout = limits.timeout;
        let broker = Broker::start(config, Arc::new(()), construct)?;
        let (service, state) = (Arc::clone(&self.service), self.state.clone());
        let path = stand.path;
        let mounted = Arc::new(Mounted { stand, service, state, broker, timeout });
        let methods = get(page::show::<P::Response>).post(answer::answer::<P::Response>);
        let routes = Router::new().route(path, methods).with_state(mounted);
        self.router = std::mem::take(&mut self.router).merge(routes);
        Ok(())
    }

    pub(crate) fn into_router(self) -> Router {
        self.router
    }
}
