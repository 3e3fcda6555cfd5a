//! The model as a server has it: a card, and the way of a picture from its bytes to an answer.

use std::{num::NonZeroUsize, path::Path, time::Instant};

use anyhow::{Context, Result};
use image::{ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};
use vision::{
    card::ModelCard,
    compute::{Compute, DeviceChoice, Precision, PrecisionChoice},
    decode::{DecodeLimits, decode},
    model::Model,
};

/// A model that is ready to answer.
#[derive(Debug)]
pub struct Served {
    /// Its card.
    pub card: ModelCard,
    model: Model,
}

impl Served {
    /// Loads the model of a folder, to compute in these numbers.
    ///
    /// # Errors
    ///
    /// When the card or the weights are missing or broken, or this processor does not compute in
    /// these numbers.
    pub fn load(folder: &Path, precision: PrecisionChoice) -> Result<Self> {
        // One picture at a time: a second thread would mostly wait for the first.
        let compute = Compute::decide(DeviceChoice::Cpu, precision, NonZeroUsize::MIN)?;
        let card = ModelCard::load(folder).context("the model card cannot be read")?;
        let model = Model::load(&card, compute).context("the model cannot be loaded")?;
        Ok(Self { card, model })
    }

    /// The numbers that it computes in.
    pub fn precision(&self) -> Precision {
        self.model.compute().precision
    }

    /// Logits for a picture as it comes from outside.
    ///
    /// # Errors
    ///
    /// When it cannot be decoded.
    pub fn logits(&self, bytes: &[u8]) -> Result<Vec<f32>> {
        let picture = decode(bytes, &DecodeLimits::default(), self.card.orientation)?;
        let prepared = self.card.preprocess.prepare(&picture.pixels);
        let logits = self.model.logits(&[prepared.pixels])?;
        logits.into_iter().next().context("one picture has one answer")
    }

    /// Probabilities for a picture as it comes from outside.
    ///
    /// # Errors
    ///
    /// When it cannot be decoded.
    pub fn probabilities(&self, bytes: &[u8]) -> Result<Vec<f32>> {
        Ok(self.card.output.probabilities(&self.logits(bytes)?))
    }

    /// Milliseconds that one picture takes in the network on one core: the median of many.
    ///
    /// # Errors
    ///
    /// When libtorch fails.
    pub fn milliseconds(&self) -> Result<f64> {
        let side = self.card.preprocess.size as usize;
        let picture = vec![vec![0.1; side * side * 3]];
        let mut times = Vec::new();
        for _ in 0..300 {
            let start = Instant::now();
            self.model.logits(&picture)?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        Ok(times[times.len() / 2])
    }
}

/// A picture as PNG.
///
/// # Errors
///
/// When it is empty.
pub fn png(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}

/// A picture as JPEG.
///
/// # Errors
///
/// When it is empty.
pub fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, quality).encode_image(picture)?;
    Ok(file)
}
