//! A model ready to answer: the network of a card with its weights.
//!
//! Only the worker thread loads and asks a model: libtorch keeps state for each thread.

use tch::{TchError, Tensor};
use thiserror::Error;

use crate::card::{Architecture, ModelCard, WeightsFile};
use crate::prediction::{Output, OutputKind};
use crate::script::{Script, ScriptError};
use crate::weights::{LoadedNetwork, WeightsError};

/// How far outside of `0..=1` rounding can put a probability, generously.
const ROUNDING: f32 = 1e-3;

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
    /// The TorchScript module was not taken.
    #[error("cannot load the module of model `{name}`")]
    Script {
        /// Name of the model.
        name: String,
        /// What is wrong with it.
        source: ScriptError,
    },
    /// The card says that the network puts out probabilities, and it does not.
    #[error(
        "model `{name}` puts out {found} for a black picture, which is no probability: \
         its card needs `kind = \"logits\"` in `[output]`"
    )]
    NotProbabilities {
        /// Name of the model.
        name: String,
        /// A number outside of `0..=1`.
        found: f32,
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
    pub(crate) engine: Engine,
    /// Side of a picture in pixels.
    pub(crate) size: usize,
    pub(crate) classes: usize,
    pub(crate) output: Output,
    // The last field: what the others leave is given back when they are gone.
}

/// What computes.
#[derive(Debug)]
pub(crate) enum Engine {
    /// A network that is defined here.
    Network(LoadedNetwork),
    /// A network that brought its own code.
    Script(Script),
}

/// Sets how many threads libtorch computes with. To be called on the worker thread before its
/// first operator, since the pool belongs to the thread that calls.
pub fn set_threads(threads: usize) {
    tch::set_num_threads(i32::try_from(threads).unwrap_or(i32::MAX));
}

impl Model {
    /// Checks and loads the weights of a card, and answers once, because libtorch prepares its
    /// kernels at the first picture.
    ///
    /// # Errors
    ///
    /// When the weights are absent or broken, or when the network fails on a black picture.
    pub fn load(card: &ModelCard) -> Result<Self, LoadError> {
        let name = || card.name.clone();
        let WeightsFile { path, fingerprint, .. } = &card.weights;
        let (size, classes) = (card.preprocess.size as usize, card.labels.len());
        let engine = match &card.architecture {
            Architecture::Network(spec) => Engine::Network(
                LoadedNetwork::load(path, spec, fingerprint)
                    .map_err(|source| LoadError::Weights { name: name(), source })?,
            ),
            Architecture::TorchScript => Engine::Script(
                Script::load(path, fingerprint, size, classes)
                    .map_err(|source| LoadError::Script { name: name(), source })?,
            ),
        };
        let model = Self { engine, size, classes, output: card.output };
        let black = vec![0.0; size * size * 3];
        let answer =
            model.logits(&[black]).map_err(|source| LoadError::WarmUp { name: name(), source })?;
        let possible = -ROUNDING..=1.0 + ROUNDING;
        if card.output.kind == OutputKind::Probabilities
            && let Some(&found) = answer.iter().flatten().find(|p| !possible.contains(p))
        {
            return Err(LoadError::NotProbabilities { name: name(), found });
        }
        Ok(model)
    }

    /// What the network puts out for a batch of prepared pictures (`HWC f32`, `size * size * 3`
    /// samples each): one vector of as many numbers as classes for each. They are logits, unless
    /// the card says otherwise; [`Output::probabilities`] goes on from here either way.
    ///
    /// # Errors
    ///
    /// When the batch is empty, a picture has another length, libtorch fails, or a logit is not
    /// finite.
    pub fn logits(&self, batch: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, ModelError> {
        // Rather than a closure: the guard restores the mode also when something panics.
        let _guard = tch::no_grad_guard();
        let input = self.input(batch)?;
        let output = match &self.engine {
            Engine::Network(network) => network.forward(&input)?,
            Engine::Script(script) => script.forward(&input)?,
        };
        let (n, classes) = output.size2()?;
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

    /// A batch of prepared pictures as a tensor `NCHW`.
    pub(crate) fn input(&self, batch: &[Vec<f32>]) -> Result<Tensor, ModelError> {
        if batch.is_empty() {
            return Err(ModelError::Empty);
        }
        let expected = self.size * self.size * 3;
        if let Some(index) = batch.iter().position(|pixels| pixels.len() != expected) {
            return Err(ModelError::Length { index, expected, found: batch[index].len() });
        }
        let (n, side) = (batch.len() as i64, self.size as i64);
        let flat = Tensor::f_from_slice(&batch.concat())?;
        // Pictures come as `HWC`, so this is `NCHW` in channels-last memory, not copied again.
        Ok(flat.f_view([n, side, side, 3])?.f_permute([0, 3, 1, 2])?)
    }
}
