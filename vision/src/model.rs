//! A model ready to answer: the network of a card with its weights.
//!
//! Only the worker thread loads and asks a model: libtorch keeps state for each thread.

mod pace;

use std::time::{Duration, Instant};

use tch::{TchError, Tensor};
use thiserror::Error;

use crate::card::{Architecture, ModelCard, WeightsFile};
use crate::compute::{Compute, Precision, set_threads};
use crate::prediction::{Output, OutputKind};
use crate::script::{Script, ScriptError};
use crate::weights::{LoadedNetwork, WeightsError};
pub use pace::Cores;
use pace::Pace;

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
    compute: Compute,
    pace: Pace,
}

/// Samples up to this size, which those of any prepared picture are far below, do not overflow in a
/// network that can be told from a broken one.
const TAME: f32 = 1e4;

/// What computes.
#[derive(Debug)]
pub(crate) enum Engine {
    /// A network that is defined here.
    Network(LoadedNetwork),
    /// A network that brought its own code.
    Script(Script),
}

impl Model {
    /// Checks and loads the weights of a card, and answers a few times, because libtorch prepares
    /// its kernels at the first pictures.
    ///
    /// # Errors
    ///
    /// When the weights are absent or broken, or when the network fails on a black picture.
    pub fn load(card: &ModelCard, compute: Compute) -> Result<Self, LoadError> {
        let name = || card.name.clone();
        let WeightsFile { path, fingerprint, .. } = &card.weights;
        let (size, classes) = (card.preprocess.size as usize, card.labels.len());
        set_threads(compute.threads);
        let (engine, compute) = match &card.architecture {
            Architecture::Network(spec) => {
                let network = LoadedNetwork::load(path, spec, fingerprint, size, compute)
                    .map_err(|source| LoadError::Weights { name: name(), source })?;
                (Engine::Network(network), compute)
            }
            // A module has numbers of its own choice in its code.
            Architecture::TorchScript => {
                let compute = Compute { precision: Precision::F32, ..compute };
                let script = Script::load(path, fingerprint, size, classes, compute)
                    .map_err(|source| LoadError::Script { name: name(), source })?;
                (Engine::Script(script), compute)
            }
        };
        let pace = Pace::unknown(compute.threads);
        let mut model = Self { engine, size, classes, output: card.output, compute, pace };
        let warm_up = |source| LoadError::WarmUp { name: name(), source };
        let start = Instant::now();
        // Exactly, so that weights that overflow are found out here.
        let answer = model.run(&[model.black()], Cores::Free, true).map_err(warm_up)?;
        let first = start.elapsed();
        // It is the only run that has every kernel twice, one after the other.
        allocator::give_back();
        let possible = -ROUNDING..=1.0 + ROUNDING;
        if card.output.kind == OutputKind::Probabilities
            && let Some(&found) = answer.iter().flatten().find(|p| !possible.contains(p))
        {
            return Err(LoadError::NotProbabilities { name: name(), found });
        }
        let run = |pace| {
            model.pace = pace;
            model.logits(&[model.black()]).map(drop)
        };
        model.pace = pace.measure(first, run).map_err(warm_up)?;
        Ok(model)
    }

    /// What it computes on.
    pub fn compute(&self) -> Compute {
        self.compute
    }

    /// Answers a batch of black pictures, for libtorch to prepare its kernels for this size and for as
    /// many threads as it may run on; returns the time that it took with nothing else on its way.
    ///
    /// # Errors
    ///
    /// When the network fails.
    pub fn warm_up(&self, batch: usize) -> Result<Duration, ModelError> {
        let black = vec![self.black(); batch];
        let [free, shared] = [false, true].map(|others| Cores::for_batch(batch, others));
        if self.pace.threads(batch, shared) != self.pace.threads(batch, free) {
            self.logits_on(&black, shared)?;
        }
        let start = Instant::now();
        self.logits_on(&black, free)?;
        Ok(start.elapsed())
    }

    /// What the network puts out for a batch of prepared pictures (`HWC f32`, `size * size * 3`
    /// samples each): one vector of as many numbers as classes for each. They are logits, unless
    /// the card says otherwise; [`Output::probabilities`] goes on from here either way. The cores are
    /// taken to be free.
    ///
    /// # Errors
    ///
    /// When the batch is empty, a picture has another length, libtorch fails, or a logit is not
    /// finite.
    pub fn logits(&self, batch: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, ModelError> {
        self.logits_on(batch, Cores::Free)
    }

    /// The same as [`Self::logits`], by fewer threads if something else wants the cores and they are
    /// worth more to it.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn logits_on(&self, batch: &[Vec<f32>], cores: Cores) -> Result<Vec<Vec<f32>>, ModelError> {
        let tame = batch.iter().all(|pixels| pixels.iter().all(|sample| sample.abs() <= TAME));
        self.run(batch, cores, !tame)
    }

    fn run(
        &self,
        batch: &[Vec<f32>],
        cores: Cores,
        exactly: bool,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        set_threads(self.pace.threads(batch.len(), cores));
        // Rather than a closure: the guard restores the mode also when something panics.
        let _guard = tch::no_grad_guard();
        let input = self.input(batch)?;
        let output = match &self.engine {
            Engine::Network(network) => network.forward(&input, exactly)?,
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

    fn black(&self) -> Vec<f32> {
        vec![0.0; self.size * self.size * 3]
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
        let flat = match batch {
            [picture] => Tensor::f_from_slice(picture)?,
            pictures => Tensor::f_from_slice(&pictures.concat())?,
        };
        // Pictures come as `HWC`, so this is `NCHW` in channels-last memory, not copied again.
        Ok(flat.f_view([n, side, side, 3])?.f_permute([0, 3, 1, 2])?)
    }
}
