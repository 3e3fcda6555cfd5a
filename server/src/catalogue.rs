//! The models there are: one folder each.

mod stamp;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use vision::card::{CardError, ModelCard};

pub use stamp::Stamp;

use crate::http::is_reserved;

/// A model's card with what belongs to it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The card.
    pub card: ModelCard,
    /// The example pictures as encoded, in the order of the card.
    pub examples: Vec<ExampleFile>,
    /// What the folder looked like just before it was read.
    pub stamp: Stamp,
}

/// An example picture in memory.
#[derive(Debug, Clone)]
pub struct ExampleFile {
    /// File name, by which pages ask for it.
    pub file: String,
    /// What it shows.
    pub title: String,
    /// The picture as encoded.
    pub bytes: Bytes,
}

/// All models, by name.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    folder: PathBuf,
    entries: BTreeMap<String, Entry>,
}

/// Why the models could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The folder itself.
    #[error(
        "cannot read the models folder {} (another one can be named with --models)",
        folder.display()
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is empty.
    #[error("there is no model in {}: each has a folder of its own with a model.toml", .0.display())]
    Empty(PathBuf),
    /// A card is broken.
    #[error(transparent)]
    Card(#[from] CardError),
    /// A path of the server has this name, so nobody could get at the model.
    #[error(
        "the model in {} cannot be called {name:?}, since the server has a path of that name: give the \
         folder, and the card in it, another name",
        folder.display()
    )]
    Reserved {
        /// The folder.
        folder: PathBuf,
        /// The name.
        name: String,
    },
    /// An example picture cannot be read.
    #[error("cannot read the example picture {}", file.display())]
    Example {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A fallback that is not there.
    #[error("model {model} names {fallback} as its fallback, but there is no such model")]
    Fallback {
        /// The model whose card says so.
        model: String,
        /// The name it gives.
        fallback: String,
    },
}

impl Catalogue {
    /// Reads every folder below `folder` that holds a `model.toml`.
    ///
    /// # Errors
    ///
    /// When the folder, a card or an example picture cannot be read, or when there is no model.
    pub fn read(folder: &Path) -> Result<Self, CatalogueError> {
        let mut entries = BTreeMap::new();
        for path in folders(folder)?.values() {
            let entry = Entry::read(path)?;
            entries.insert(entry.card.name.clone(), entry);
        }
        if entries.is_empty() {
            return Err(CatalogueError::Empty(folder.to_owned()));
        }
        for Entry { card, .. } in entries.values() {
            if let Some(fallback) = &card.fallback
                && !entries.contains_key(fallback)
            {
                return Err(CatalogueError::Fallback {
                    model: card.name.clone(),
                    fallback: fallback.clone(),
                });
            }
        }
        Ok(Self { folder: folder.to_owned(), entries })
    }

    /// The folder that holds the models' folders.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The model with this name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// The models themselves, in order of their names.
    pub fn into_entries(self) -> impl Iterator<Item = Entry> {
        self.entries.into_values()
    }

    /// All models, in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }
}

impl Entry {
    /// Reads one model's folder.
    ///
    /// # Errors
    ///
    /// When the card or an example picture cannot be read, or when the model cannot have its name.
    pub fn read(folder: &Path) -> Result<Self, CatalogueError> {
        // First, so that a change while the rest is read is noticed as one.
        let stamp = Stamp::of(folder);
        let card = ModelCard::load(folder)?;
        if is_reserved(&card.name) {
            return Err(CatalogueError::Reserved { folder: folder.to_owned(), name: card.name });
        }
        let examples = card
            .examples
            .iter()
            .map(|example| {
                let path = example.path.clone();
                match fs::read(&path) {
                    Ok(bytes) => Ok(ExampleFile {
                        file: file_name(&path),
                        title: example.title.clone(),
                        bytes: bytes.into(),
                    }),
                    Err(source) => Err(CatalogueError::Example { file: path, source }),
                }
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { card, examples, stamp })
    }

    /// The example picture with this file name.
    pub fn example(&self, file: &str) -> Option<&ExampleFile> {
        self.examples.iter().find(|example| example.file == file)
    }
}

/// The folders below `folder` that hold a `model.toml`, by name. Hidden ones are left out: a model
/// is put together in one before it gets its name.
///
/// # Errors
///
/// When `folder` cannot be read.
pub(crate) fn folders(folder: &Path) -> Result<BTreeMap<String, PathBuf>, CatalogueError> {
    let unreadable = |source| CatalogueError::Folder { folder: folder.to_owned(), source };
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = file_name(&path);
        if !name.starts_with('.') && path.join("model.toml").is_file() {
            found.insert(name, path);
        }
    }
    Ok(found)
}

/// The last part of a path inside a model's folder, by which pages ask for the file.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
