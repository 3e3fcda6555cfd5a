//! Model cards: everything about a model that is not its weights, in one readable file.
//!
//! A folder `<name>/` holds `model.toml`, and beside it the weights, the labels and the example
//! pictures that it names. Reading is strict: an unknown key, a path out of the folder or numbers
//! that contradict each other are errors that name the file and the key.

mod error;
mod file;
mod parts;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::network::NetworkSpec;
use crate::prediction::Output;
use crate::preprocess::Preprocess;
use crate::weights::Fingerprint;
pub use error::CardError;

/// Everything about a model but the weights themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCard {
    /// Name of the folder, `[a-z0-9][a-z0-9._-]*`; part of addresses.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What the model sees and where it comes from, one paragraph.
    pub description: String,
    /// Licence of the weights, as its publisher states it.
    pub licence: String,
    /// The network; its number of classes is that of the labels.
    pub architecture: Architecture,
    /// How pictures are prepared.
    pub preprocess: Preprocess,
    /// Whether the orientation in EXIF data is applied.
    pub orientation: bool,
    /// One label for each class, not necessarily unique.
    pub labels: Vec<String>,
    /// What the network puts out, and how it becomes probabilities.
    pub output: Output,
    /// Where the weights are and what is known of them.
    pub weights: WeightsFile,
    /// Name of the model that answers while this one has no weights.
    pub fallback: Option<String>,
    /// Pictures in one run of the network at most, if it is not the server's number.
    pub max_batch: Option<NonZeroUsize>,
    /// Pictures to try the model with.
    pub examples: Vec<Example>,
}

/// Where the code of a network comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Architecture {
    /// It is part of this program; the file has only weights.
    Network(NetworkSpec),
    /// It is in the file with the weights, see [`crate::script`].
    TorchScript,
}

/// Where weights are and what is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightsFile {
    /// The file, safetensors or, for TorchScript, `.pt`; it may be absent.
    pub path: PathBuf,
    /// What is known of the file.
    pub fingerprint: Fingerprint,
    /// Where the file can be fetched, an `https` address; never for TorchScript, which is code.
    pub url: Option<String>,
}

/// A picture to try a model with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The picture, which exists.
    pub path: PathBuf,
    /// What it shows.
    pub title: String,
    /// Who made it.
    pub credit: String,
    /// Its licence.
    pub licence: String,
}

impl Architecture {
    /// What the field calls this network: `resnet18`, `vgg16_bn`, or just `torchscript`.
    pub fn name(&self) -> String {
        match self {
            Self::Network(spec) => spec.name(),
            Self::TorchScript => "torchscript".to_owned(),
        }
    }
}

impl ModelCard {
    /// Reads the card `model.toml` of a folder and the labels that it names.
    ///
    /// That the weights are absent is no error, see [`Self::weights_present`].
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or when something in it is unknown, missing or contradictory.
    pub fn load(directory: &Path) -> Result<Self, CardError> {
        let path = directory.join("model.toml");
        let text = error::read(&path)?;
        let card: file::Card = toml::from_str(&text).map_err(|error| CardError::Syntax {
            file: path.clone(),
            reason: one_line(&error, &text),
        })?;
        parts::assemble(directory, card)
            .map_err(|error::Problem { key, reason }| CardError::Value { file: path, key, reason })
    }

    /// Whether the file with the weights is there. Its content is checked when it is loaded.
    pub fn weights_present(&self) -> bool {
        self.weights.path.is_file()
    }
}

/// What is wrong and where, without the picture of the spot that the parser draws over four lines.
fn one_line(error: &toml::de::Error, text: &str) -> String {
    let message = error.message();
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message.to_owned(),
    }
}
