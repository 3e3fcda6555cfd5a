//! Files that other libraries wrote, and imports of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use importer::{ImportError, Settings, import};
use tempfile::TempDir;
use vision::{
    card::ModelCard,
    compute::Compute,
    decode::{DecodeLimits, decode},
    model::Model,
};

/// A file of `reference/generate.py`.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)
}

/// Settings for a file and a folder of models.
pub(crate) fn settings(file: PathBuf, models: &TempDir) -> Settings {
    Settings {
        file,
        models: models.path().to_owned(),
        name: "made".to_owned(),
        labels: Some(self::file("labels.txt")),
        ..Settings::default()
    }
}

/// What an import says, and its folder or error.
pub(crate) fn run(settings: &Settings) -> (String, Result<PathBuf, ImportError>) {
    let mut said = Vec::new();
    let result = import(settings, &mut said);
    (String::from_utf8(said).unwrap(), result)
}

/// The error of an import that fails, and that it leaves nothing behind.
pub(crate) fn failure(settings: &Settings) -> String {
    let before = names(&settings.models);
    let error = run(settings).1.expect_err("it should be refused");
    assert_eq!(names(&settings.models), before, "something was left behind");
    let mut words = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        words.push_str(": ");
        words.push_str(&error.to_string());
        source = error.source();
    }
    words
}

/// Everything in a folder, hidden or not.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What an imported model puts out for the picture, which it prepares as its card says.
pub(crate) fn answer(folder: &Path) -> Vec<f32> {
    let card = ModelCard::load(folder).unwrap();
    let bytes = fs::read(file("picture.png")).unwrap();
    let picture = decode(&bytes, &DecodeLimits::default(), true).unwrap().pixels;
    let prepared = card.preprocess.prepare(&picture);
    Model::load(&card, Compute::default()).unwrap().logits(&[prepared.pixels]).unwrap().remove(0)
}
