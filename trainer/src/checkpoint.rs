//! What a training needs to go on where it stopped.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use tch::{Kind, Tensor};

use crate::{optimise::Optimiser, weights::Weights};

/// The state between two steps.
#[derive(Debug)]
pub struct State {
    /// What the gradients move.
    pub weights: Weights,
    /// The slow mean of the weights, which is what answers.
    pub mean: Weights,
    /// Moments of the gradients.
    pub optimiser: Optimiser,
    /// Steps done.
    pub step: u64,
    /// Seconds of training so far, over all runs.
    pub seconds: f64,
}

impl State {
    /// The state before the first step.
    pub fn new(weights: Weights) -> Self {
        let mean = weights.copied();
        let optimiser = Optimiser::new(&weights);
        Self { weights, mean, optimiser, step: 0, seconds: 0.0 }
    }

    /// Takes everything from a file, if there is one.
    ///
    /// # Errors
    ///
    /// When the file is of another network.
    pub fn resume(&mut self, path: &Path) -> Result<()> {
        if !path.exists() {
            return Ok(());
        }
        let list = Tensor::read_safetensors(path).context("a broken checkpoint")?;
        self.weights.take(&list, "weights.")?;
        self.mean.take(&list, "mean.")?;
        self.optimiser.take(&list)?;
        let progress =
            list.iter().find(|(name, _)| name == "progress").context("no progress in it")?;
        self.step = progress.1.double_value(&[0]) as u64;
        self.seconds = progress.1.double_value(&[1]);
        Ok(())
    }

    /// Writes everything to a file, which is whole at any time.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut list = self.weights.listed("weights.");
        list.extend(self.mean.listed("mean."));
        list.extend(self.optimiser.listed());
        let progress = [self.step as f64, self.seconds];
        list.push(("progress".to_owned(), Tensor::from_slice(&progress).to_kind(Kind::Double)));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let scratch = path.with_extension("part");
        Tensor::write_safetensors(&list, &scratch).context("no checkpoint can be written")?;
        fs::rename(&scratch, path).context("no checkpoint can be put in place")
    }
}
