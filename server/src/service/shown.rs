//! What the page and its calls are told.

use app::{
    classify::{Answer, Classifier, Explaining, Request, Watcher, WhyRequest},
    wire::{ExamplePicture, ModelState, ModelStatus, ModelSummary, ServerStatus},
};

use super::{Service, timing};
use crate::{catalogue::file_name, registry::Version};

impl Classifier for Service {
    fn models(&self) -> Vec<ModelSummary> {
        self.registry.versions().iter().map(|version| self.summary(version)).collect()
    }

    fn model(&self, name: &str) -> Option<ModelSummary> {
        self.registry.version(name).map(|version| self.summary(&version))
    }

    fn watch(&self, request: Request, watcher: Watcher) -> Answer<'_> {
        Box::pin(self.answer(request, watcher))
    }

    fn explain(&self, request: WhyRequest, watcher: Watcher) -> Explaining<'_> {
        Box::pin(self.why(request, watcher))
    }

    fn status(&self) -> ServerStatus {
        let (requests, tallies) = (self.requests(), self.meters.tallies());
        let versions = self.registry.versions();
        let models = versions.iter().map(|version| {
            let card = version.card();
            ModelStatus {
                name: card.name.clone(),
                state: self.state(version),
                weights_bytes: std::fs::metadata(&card.weights.path).ok().map(|it| it.len()),
                answered: tallies.get(&card.name).map_or(0, |tally| tally.ok),
                last_minute: self.meters.last_minute(&card.name) as u32,
            }
        });
        ServerStatus {
            queued: requests.queued as u32,
            running: requests.running as u32,
            answered: requests.ok,
            refused: requests.rejected,
            median_ms: self.meters.median().map(timing::milliseconds),
            models: models.collect(),
        }
    }

    fn labels(&self, model: &str) -> Option<Vec<String>> {
        Some(self.registry.version(model)?.card().labels.clone())
    }
}

impl Service {
    /// The version whose pictures are shown: a stand-in is tried with its own, which show what it
    /// knows.
    fn shown(&self, version: &Version) -> Version {
        let stand_in = match version.state() {
            ModelState::Absent { .. } | ModelState::Fetching { .. } => {
                self.stand_in(&version.card().name)
            }
            _ => None,
        };
        stand_in.and_then(|name| self.registry.version(&name)).unwrap_or_else(|| version.clone())
    }

    fn summary(&self, version: &Version) -> ModelSummary {
        let card = version.card();
        let shown = self.shown(version);
        let shown = shown.card();
        let examples = shown.examples.iter().map(|example| {
            let file = file_name(&example.path);
            ExamplePicture {
                path: format!("/models/{}/{file}", shown.name),
                file,
                title: example.title.clone(),
                credit: format!("{}, {}", example.credit, example.licence),
            }
        });
        ModelSummary {
            name: card.name.clone(),
            title: card.title.clone(),
            description: card.description.clone(),
            architecture: card.architecture.name(),
            compute: version.compute().map(|compute| compute.to_string()),
            input_size: card.preprocess.size,
            classes: card.labels.len() as u32,
            licence: card.licence.clone(),
            state: self.state(version),
            outdated: version.outdated,
            fallback: card.fallback.clone().filter(|_| self.way.limits.fallback),
            examples: examples.collect(),
            max_upload: self.way.limits.max_upload,
        }
    }
}
