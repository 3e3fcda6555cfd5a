//! A model ready to answer: the network of a card with its weights.
//!
//! Only the worker thread loads and asks a model: libtorch keeps state for each thread.

use tch::{TchError, Tensor};
use thiserror::Error;

use crate::card::ModelCard;
use crate::weights::{LoadedVgg, WeightsError};

/// Why a model could not be made ready.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The weights were not loaded.
    #[error("cannot load the weights of model `{name}`")]
    Weights {
        /// Name of the model.
        name: String,
        /// What is wrong with them.
        source: WeightsError,
    },
    /// The weights are well formed, but the network fails on a black picture.
    #[error("model `{name}` fails on its first picture")]
    WarmUp {
        /// Name of the model.
        name: String,
        /// How it fails.
        source: ModelError,
    },
}

/// Why a model did not answer.
#[derive(Debug, Error)]
pub enum ModelError {
    /// A batch must have at least one picture.
    #[error("there is no picture in the batch")]
    Empty,
    /// A picture was prepared for another model.
    #[error("picture {index} has {found} samples instead of {expected}")]
    Length {
        /// Index within the batch.
        index: usize,
        /// Samples that the model needs.
        expected: usize,
        /// Samples of the picture.
        found: usize,
    },
    /// The network gave an infinity or something that is not a number.
    #[error("the logits of picture {index} are not finite: the weights or the input are broken")]
    NotFinite {
        /// Index within the batch.
        index: usize,
    },
    /// libtorch reports an error.
    #[error("libtorch reports an error")]
    Torch(#[from] TchError),
}

/// A model ready to answer.
#[derive(Debug)]
pub struct Model {
    network: LoadedVgg,
    /// Side of a picture in pixels.
    size: usize,
}

impl Model {
    /// Checks and loads the weights of a card, and answers once, because libtorch prepares its
    /// kernels at the first picture.
    ///
    /// # Errors
    ///
    /// When the weights are absent or broken, or when the network fails on a black picture.
    pub fn load(card: &ModelCard) -> Result<Self, LoadError> {
        let path = &card.weights.path;
        let network = LoadedVgg::load(path, &card.architecture, &card.weights.fingerprint)
            .map_err(|source| LoadError::Weights { name: card.name.clone(), source })?;
        let size = card.preprocess.size as usize;
        let model = Self { network, size };
        let black = vec![0.0; size * size * 3];
        model
            .logits(&[black])
            .map_err(|source| LoadError::WarmUp { name: card.name.clone(), source })?;
        Ok(model)
    }

    /// Logits of a batch of prepared pictures (`HWC f32`, `size * size * 3` samples each), one
    /// vector of as many logits as classes for each.
    ///
    /// # Errors
    ///
    /// When the batch is empty, a picture has another length, libtorch fails, or a logit is not
    /// finite.
    pub fn logits(&self, batch: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, ModelError> {
        if batch.is_empty() {
            return Err(ModelError::Empty);
        }
        let expected = self.size * self.size * 3;
        if let Some(index) = batch.iter().position(|pixels| pixels.len() != expected) {
            return Err(ModelError::Length { index, expected, found: batch[index].len() });
        }
        // Rather than a closure: the guard restores the mode also when something panics.
        let _guard = tch::no_grad_guard();
        let (n, side) = (batch.len() as i64, self.size as i64);
        let flat = Tensor::f_from_slice(&batch.concat())?;
        // Pictures come as `HWC`, so this is `NCHW` in channels-last memory, not copied again.
        let input = flat.f_view([n, side, side, 3])?.f_permute([0, 3, 1, 2])?;
        let output = self.network.forward(&input)?;
        let (_, classes) = output.size2()?;
        let mut logits = vec![0.0_f32; (n * classes) as usize];
        output.f_contiguous()?.f_copy_data(&mut logits, (n * classes) as usize)?;
        let logits: Vec<Vec<f32>> =
            logits.chunks_exact(classes as usize).map(<[f32]>::to_vec).collect();
        let broken = |logits: &Vec<f32>| !logits.iter().all(|logit| logit.is_finite());
        match logits.iter().position(broken) {
            Some(index) => Err(ModelError::NotFinite { index }),
            None => Ok(logits),
        }
    }
}
