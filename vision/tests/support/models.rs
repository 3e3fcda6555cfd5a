//! Cards of models that were generated for a test.

use std::path::PathBuf;

use vision::card::{Architecture, ModelCard, WeightsFile};
use vision::prediction::Output;
use vision::preprocess::Preprocess;
use vision::weights::Fingerprint;

/// A card of a model with so many classes, for pictures of this side.
pub(crate) fn card(
    weights: PathBuf,
    architecture: Architecture,
    classes: usize,
    size: u32,
) -> ModelCard {
    ModelCard {
        name: "generated".to_owned(),
        title: "Generated".to_owned(),
        description: "Generated numbers.".to_owned(),
        licence: "CC0".to_owned(),
        architecture,
        preprocess: Preprocess::torchvision(size),
        orientation: true,
        labels: (0..classes).map(|class| format!("class {class}")).collect(),
        output: Output::default(),
        weights: WeightsFile { path: weights, fingerprint: Fingerprint::default(), url: None },
        fallback: None,
        max_batch: None,
        examples: Vec::new(),
    }
}
