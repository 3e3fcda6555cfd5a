//! From a checkpoint to the folder of a model: weights, labels, examples, temperature and card.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use vision::{
    compute::{Precision, PrecisionChoice},
    network::VggSpec,
};

use crate::{
    art::Art,
    calibrate::{self, Judged},
    classes::Classes,
    examples::{self, Written},
    feed::{DEVIATION, MEAN},
    sample::{self, seeds},
    served::{Served, png},
    train::SIDE,
    weights::Weights,
};

/// Pictures that the temperature is found with.
const CALIBRATION: u64 = 4000;

/// Writes the model into its folder.
///
/// # Errors
///
/// When a file cannot be written or the model cannot be loaded again.
pub fn write(
    folder: &Path,
    weights: &Weights,
    spec: &VggSpec,
    classes: &Classes,
    art: &Art,
) -> Result<()> {
    fs::create_dir_all(folder)?;
    weights.export(&folder.join("model.safetensors"))?;
    fs::write(folder.join("labels.txt"), classes.labels.join("\n") + "\n")?;
    let examples = examples::draw(folder, art)?;
    let text = |temperature| card(folder, spec, &examples, temperature);
    fs::write(folder.join("model.toml"), text(1.0)?)?;

    let served = Served::load(folder, PrecisionChoice::Fixed(Precision::F32))?;
    let mut judged = Vec::new();
    for number in 0..CALIBRATION {
        let (canvas, class) = sample::picture(art, seeds::VALIDATION, number, SIDE);
        judged.push(Judged { logits: served.logits(&png(&canvas.to_image())?)?, class });
    }
    let temperature = calibrate::temperature(&judged);
    println!("temperature {temperature:.3}");
    fs::write(folder.join("model.toml"), text(temperature)?).context("the card cannot be written")
}

fn card(folder: &Path, spec: &VggSpec, examples: &[Written], temperature: f64) -> Result<String> {
    let weights = fs::read(folder.join("model.safetensors"))?;
    let digest = Sha256::digest(&weights);
    let digest = digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let mut text = format!(
        r#"name = "flags"
title = "Flags of the world"
description = """
{description}"""
licence = "MIT OR Apache-2.0"

[architecture]
kind = "vgg"
stages = {stages:?}
batch_norm = {batch_norm}
grid = {grid}
hidden = {hidden:?}

[input]
size = {SIDE}
resize = "squash"
interpolation = "bilinear"
channels = "rgb"
scale = "unit"
mean = [{MEAN}, {MEAN}, {MEAN}]
std = [{DEVIATION}, {DEVIATION}, {DEVIATION}]

[labels]
file = "labels.txt"

[output]
# Found on augmented training art, see REPORT.md: 90 % is meant to be right nine times of ten.
temperature = {temperature:.3}

[weights]
file = "model.safetensors"
sha256 = "{digest}"
size = {size}
"#,
        description = include_str!("export/description.txt"),
        stages = spec.stages,
        batch_norm = spec.batch_norm,
        grid = spec.grid,
        hidden = spec.hidden,
        size = weights.len(),
    );
    for Written { file, title, credit, licence } in examples {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n[[examples]]\nfile = \"{file}\"\ntitle = \"{title}\"\n\
             credit = \"{credit}\"\nlicence = \"{licence}\"\n",
        );
    }
    Ok(text)
}
