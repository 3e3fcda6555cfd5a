//! The last step: the new model is loaded as the server would load it, and sees a picture.

use std::{fs, path::Path};

use image::{Rgb, RgbImage};
use vision::{
    card::ModelCard,
    compute::Compute,
    decode::{DecodeLimits, decode},
    model::Model,
    prediction::{Prediction, top_k},
};

use crate::error::ImportError;

/// How many classes are named.
const TOP: usize = 5;

/// Loads the model of a folder and asks it about a picture.
pub(crate) fn check(folder: &Path, picture: Option<&Path>) -> Result<Vec<Prediction>, ImportError> {
    let card = ModelCard::load(folder)?;
    let pixels = match picture {
        Some(path) => {
            let bytes = fs::read(path).map_err(ImportError::io("read", path))?;
            decode(&bytes, &DecodeLimits::default(), card.orientation)
                .map_err(|source| ImportError::Example { path: path.to_owned(), source })?
                .pixels
        }
        None => gradient(),
    };
    let model = Model::load(&card, Compute::default())?;
    let prepared = card.preprocess.prepare(&pixels);
    let mut answers = model.logits(&[prepared.pixels])?;
    let answer = answers.pop().unwrap_or_default();
    let probabilities = card.output.probabilities(&answer);
    Ok(top_k(&probabilities, &card.labels, TOP))
}

/// A picture with something in it, for when there is no other.
fn gradient() -> RgbImage {
    RgbImage::from_fn(320, 240, |x, y| {
        Rgb([(x * 255 / 320) as u8, (y * 255 / 240) as u8, ((x + y) % 256) as u8])
    })
}
