//! From the file as it is written to a card that makes sense.

mod architecture;
mod input;
mod labels;

use std::path::{Component, Path, PathBuf};

use super::error::Problem;
use super::{Architecture, Example, ModelCard, WeightsFile, file};
use crate::prediction::{Output, OutputKind};
use crate::weights::Fingerprint;

/// Checks every value and brings them into the form that the program uses.
pub(super) fn assemble(directory: &Path, card: file::Card) -> Result<ModelCard, Problem> {
    check_name(directory, &card.name)?;
    for (key, text) in
        [("title", &card.title), ("description", &card.description), ("licence", &card.licence)]
    {
        if text.trim().is_empty() {
            return Err(Problem::new(key, "must not be empty"));
        }
    }
    if let Some(fallback) = &card.fallback
        && (!is_name(fallback) || *fallback == card.name)
    {
        return Err(Problem::new("fallback", "must be the name of another model"));
    }
    let output = output(&card.output)?;
    let labels = labels::read(directory, &card.labels)?;
    let preprocess = input::read(&card.input)?;
    let architecture = architecture::read(card.architecture, labels.len(), card.input.size)?;
    Ok(ModelCard {
        weights: weights(directory, card.weights, &architecture)?,
        examples: examples(directory, card.examples)?,
        name: card.name,
        title: card.title,
        description: card.description,
        licence: card.licence,
        architecture,
        preprocess,
        orientation: card.input.orientation,
        labels,
        output,
        fallback: card.fallback,
        max_batch: card.max_batch,
    })
}

/// Whether a name is good for addresses and folders everywhere.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.starts_with(plain) && name.chars().all(|c| plain(c) || matches!(c, '.' | '_' | '-'))
}

fn check_name(directory: &Path, name: &str) -> Result<(), Problem> {
    if !is_name(name) {
        return Err(Problem::new("name", "must match [a-z0-9][a-z0-9._-]*"));
    }
    // A relative directory such as `.` gets its name only when it is made absolute.
    let absolute = directory.canonicalize().ok();
    let folder = absolute.as_deref().and_then(Path::file_name);
    if folder.is_none_or(|folder| folder != name) {
        return Err(Problem::new("name", format!("is {name:?}, but must be the folder's name")));
    }
    Ok(())
}

/// A path that stays inside of the folder.
fn inside(directory: &Path, key: &str, file: &str) -> Result<PathBuf, Problem> {
    let normal = |component| matches!(component, Component::Normal(_));
    if file.is_empty() || file.contains('\\') || !Path::new(file).components().all(normal) {
        return Err(Problem::new(
            key,
            "must be a relative path inside of the folder, without `..`",
        ));
    }
    Ok(directory.join(file))
}

fn output(output: &file::Output) -> Result<Output, Problem> {
    let key = "output.temperature";
    let temperature = output.temperature.unwrap_or(1.0);
    if !(temperature.is_finite() && temperature > 0.0) {
        return Err(Problem::new(key, "must be a number above zero"));
    }
    if output.kind == OutputKind::Probabilities && temperature != 1.0 {
        return Err(Problem::new(key, "must be 1 or absent: it divides logits, not probabilities"));
    }
    Ok(Output { kind: output.kind, temperature })
}

fn weights(
    directory: &Path,
    weights: file::Weights,
    architecture: &Architecture,
) -> Result<WeightsFile, Problem> {
    let path = inside(directory, "weights.file", &weights.file)?;
    let code = *architecture == Architecture::TorchScript;
    let extension = if code { "pt" } else { "safetensors" };
    if path.extension().is_none_or(|found| found != extension) {
        let reason = format!("must be a .{extension} file for this `architecture.kind`");
        return Err(Problem::new("weights.file", reason));
    }
    if code && weights.url.is_some() {
        let reason = "must not be given: TorchScript is code, and code is not fetched";
        return Err(Problem::new("weights.url", reason));
    }
    let is_digest = |text: &String| text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit());
    if weights.sha256.as_ref().is_some_and(|text| !is_digest(text)) {
        return Err(Problem::new("weights.sha256", "must have 64 hexadecimal digits"));
    }
    if weights.url.as_ref().is_some_and(|url| !url.starts_with("https://")) {
        return Err(Problem::new("weights.url", "must be an https address"));
    }
    let fingerprint = Fingerprint { sha256: weights.sha256, size: weights.size };
    Ok(WeightsFile { path, fingerprint, url: weights.url })
}

fn examples(directory: &Path, examples: Vec<file::Example>) -> Result<Vec<Example>, Problem> {
    let example = |(index, example): (usize, file::Example)| {
        let key = format!("examples.{index}.file");
        let path = inside(directory, &key, &example.file)?;
        if !path.is_file() {
            return Err(Problem::new(key, format!("names {:?}, which is absent", example.file)));
        }
        let file::Example { title, credit, licence, .. } = example;
        Ok(Example { path, title, credit, licence })
    };
    examples.into_iter().enumerate().map(example).collect()
}
