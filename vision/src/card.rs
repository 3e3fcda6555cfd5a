//! Model cards: everything about a model that is not its weights, in one readable file.
//!
//! A folder `<name>/` holds `model.toml`, and beside it the weights, the labels and the example
//! pictures that it names. Reading is strict: an unknown key, a path out of the folder or numbers
//! that contradict each other are errors that name the file and the key.

mod error;
mod file;
mod parts;

use std::path::{Path, PathBuf};

use crate::network::VggSpec;
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
    pub architecture: VggSpec,
    /// How pictures are prepared.
    pub preprocess: Preprocess,
    /// Whether the orientation in EXIF data is applied.
    pub orientation: bool,
    /// One label for each class, not necessarily unique.
    pub labels: Vec<String>,
    /// Logits are divided by this before they become probabilities; above zero.
    pub temperature: f32,
    /// Where the weights are and what is known of them.
    pub weights: WeightsFile,
    /// Name of the model that answers while this one has no weights.
    pub fallback: Option<String>,
    /// Pictures to try the model with.
    pub examples: Vec<Example>,
}

/// Where weights are and what is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightsFile {
    /// The safetensors file; it may be absent.
    pub path: PathBuf,
    /// What is known of the file.
    pub fingerprint: Fingerprint,
    /// Where the file can be fetched, an `https` address.
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
        let card: file::Card = toml::from_str(&text)
            .map_err(|error| CardError::Syntax { file: path.clone(), reason: error.to_string() })?;
        parts::assemble(directory, card)
            .map_err(|error::Problem { key, reason }| CardError::Value { file: path, key, reason })
    }

    /// Whether the file with the weights is there. Its content is checked when it is loaded.
    pub fn weights_present(&self) -> bool {
        self.weights.path.is_file()
    }
}
