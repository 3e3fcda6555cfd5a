//! What the protocols are told.

use std::collections::BTreeMap;

use app::problem::Problem;
use bytes::Bytes;

use super::{Ask, Service, refused};
use crate::{
    access,
    backend::{self, Backend, Readiness, Visiting},
    meters::ModelStatistics,
};

impl Backend for Service {
    fn example(&self, model: &str, file: &str) -> Option<Bytes> {
        Some(self.registry.version(model)?.entry.example(file)?.bytes.clone())
    }

    fn visit(&self, ask: Ask) -> Visiting<'_> {
        Box::pin(Self::visit(self, ask))
    }

    fn max_pictures(&self) -> usize {
        self.way.limits.queue
    }

    fn statistics(&self) -> BTreeMap<String, ModelStatistics> {
        let tallies = self.meters.tallies().into_iter();
        tallies.map(|(model, tally)| (model, tally.statistics)).collect()
    }

    fn load<'a>(&'a self, model: &'a str) -> backend::Loading<'a> {
        let loaded = self.registry.load(model);
        Box::pin(async move { loaded.await.map_err(|unavailable| refused(model, unavailable)) })
    }

    fn unload(&self, model: &str) -> Result<(), Problem> {
        self.registry.unload(model).map_err(|unavailable| refused(model, unavailable))
    }

    fn refuse(&self) -> Problem {
        self.meters.turn_away();
        self.full(access::flow(), 1)
    }

    fn readiness(&self) -> Readiness {
        self.standing()
    }
}
