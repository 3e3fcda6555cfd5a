//! A wish to be let in, and how it is granted.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use app::problem::Problem;
use broker::Priority;
use tokio::time::timeout_at;
use tracing::Span;

use super::{Service, admission::Places, faults, visit::Visit};
use crate::{access, registry::Loaded};

/// A wish to be let in.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Name of the model.
    pub model: String,
    /// Whether another model may stand in for it. Not for who relies on its shapes and labels.
    pub stand_in: bool,
    /// How many pictures there will be.
    pub pictures: usize,
    /// How many places it takes at a time: one for each picture, or more if it asks the network
    /// more than once about one.
    pub places: usize,
    /// How many times longer than usual it may take.
    pub patience: u32,
    /// How long it may take; never longer than the service allows anyway.
    pub timeout: Option<Duration>,
    /// Which requests it goes before.
    pub priority: Priority,
}

impl Ask {
    /// One picture, with nothing special about it.
    pub fn one(model: impl Into<String>) -> Self {
        Self::many(model, 1)
    }

    /// So many pictures, with nothing special about them.
    pub fn many(model: impl Into<String>, pictures: usize) -> Self {
        Self {
            model: model.into(),
            stand_in: true,
            pictures,
            places: pictures,
            patience: 1,
            timeout: None,
            priority: Priority::Normal,
        }
    }
}

impl Service {
    /// Lets a request in, with all its pictures or with none, and finds the version of the model
    /// that answers all of them.
    ///
    /// # Errors
    ///
    /// When there are not as many places, at the moment or ever, or when the model does not answer.
    pub async fn visit(&self, ask: Ask) -> Result<Visit, Problem> {
        let arrival = Instant::now();
        let passages = self.arrive(&ask)?;
        let timeout =
            ask.timeout.unwrap_or(Duration::MAX).min(self.way.limits.timeout * ask.patience);
        let client = access::flow();
        let (places, model) = match self.enter(client, &ask, arrival, timeout).await {
            Ok(entered) => entered,
            Err(problem) => {
                passages.into_iter().for_each(|passage| passage.refuse(&problem));
                return Err(problem);
            }
        };
        // The first one was paid for at the door, where nobody knew of the others.
        access::owe(ask.pictures - 1);
        Ok(Visit {
            way: Arc::clone(&self.way),
            model,
            asked: ask.model,
            arrival,
            timeout,
            priority: ask.priority,
            pictures: ask.pictures,
            passages: Mutex::new(passages),
            coming: Mutex::default(),
            span: Span::current(),
            client,
            _places: places,
        })
    }

    async fn enter(
        &self,
        client: u64,
        ask: &Ask,
        arrival: Instant,
        timeout: Duration,
    ) -> Result<(Places, Arc<Loaded>), Problem> {
        let places = self.admit(client, ask)?;
        let found = async {
            // A model may be loaded before the worker's thread has begun.
            self.started().await;
            self.resolve(&ask.model, ask.stand_in).await
        };
        let found = timeout_at((arrival + timeout).into(), found).await;
        Ok((places, found.map_err(|_| faults::expired(timeout))??))
    }
}
