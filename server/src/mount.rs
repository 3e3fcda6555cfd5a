//! A pipeline of one's own, at a path of its own with a page of its own, beside the models.
//!
//! Whatever reads a picture and gives something that can be shown in words and as JSON can be
//! mounted. It gets all that a model has: every way of sending a picture, guarded fetching, limits
//! on decoding, a bounded queue in front of a thread that it owns, deadlines, clear errors, a place in
//! `/readyz`, and the same meters under the name of its path.

mod answer;
mod metered;
mod page;

use std::{error::Error, fmt::Display, io, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use broker::{Broker, Config, Pipeline};
use image::RgbImage;
use serde::Serialize;

use crate::{
    http::{AppState, is_reserved},
    service::Service,
};
use metered::{Job, Metered, Queue};

/// Where a pipeline is mounted, and what its page says.
#[derive(Debug, Clone)]
pub struct Stand {
    /// Path, a slash and a name that neither a model nor a path of the server has. It wins over a
    /// model that comes later.
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
    /// What the meters call it: the path without the slash.
    name: String,
    service: Arc<Service>,
    state: AppState,
    broker: Broker<Job, Response>,
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
    /// When the path is no name, or one that is taken, and when the system gives no thread.
    pub fn add<P, E, F>(&mut self, stand: Stand, construct: F) -> io::Result<()>
    where
        P: Pipeline<Request = RgbImage>,
        P::Response: Display + Serialize,
        E: Into<Box<dyn Error + Send + Sync>>,
        F: FnOnce() -> Result<P, E> + Send + 'static,
    {
        let name = free_name(stand.path, |name| self.service.registry().version(name).is_some())?;
        let limits = self.service.limits();
        let config = Config {
            name: format!("mount {}", stand.path),
            queue: limits.queue,
            max_batch: limits.max_batch,
        };
        let timeout = limits.timeout;
        let broker = Broker::start(config, Arc::new(()), {
            let (name, meters) = (name.clone(), Arc::clone(self.service.meters()));
            move || construct().map(|pipeline| Metered { pipeline, name, meters })
        })?;
        let queue = Queue { name: name.clone(), broker: broker.clone() };
        self.service.put_beside(Box::new(queue));
        let (service, state) = (Arc::clone(&self.service), self.state.clone());
        let path = stand.path;
        let mounted = Arc::new(Mounted { stand, name, service, state, broker, timeout });
        let methods = get(page::show::<P::Response>).post(answer::answer::<P::Response>);
        let routes = Router::new().route(path, methods).with_state(mounted);
        self.router = std::mem::take(&mut self.router).merge(routes);
        Ok(())
    }

    pub(crate) fn into_router(self) -> Router {
        self.router
    }
}

/// The name that a path gives, if neither a path of the server nor a model has it.
fn free_name(path: &str, taken: impl Fn(&str) -> bool) -> io::Result<String> {
    let refused = |why: &str| {
        let words = format!("a pipeline cannot be mounted at {path:?}: {why}");
        Err(io::Error::new(io::ErrorKind::InvalidInput, words))
    };
    let plain = |name: &&str| !name.is_empty() && !name.contains(['/', '{', '}']);
    let Some(name) = path.strip_prefix('/').filter(plain) else {
        return refused("it is not a slash and a name");
    };
    if is_reserved(name) {
        return refused("the server has a path of that name");
    }
    if taken(name) {
        return refused("a model has that name");
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_has_a_name_that_nothing_else_has() {
        let name =
            |path| free_name(path, |name| name == "flags").map_err(|error| error.to_string());
        assert_eq!(name("/mean-colour").as_deref(), Ok("mean-colour"));
        for (path, why) in [
            ("mean-colour", "a slash and a name"),
            ("/", "a slash and a name"),
            ("/{model}", "a slash and a name"),
            ("/readyz", "the server has"),
            ("/flags", "a model has"),
        ] {
            let refused = name(path).expect_err(path);
            assert!(refused.contains(why) && refused.contains(path), "{refused}");
        }
    }
}
