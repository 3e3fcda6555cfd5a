//! Networks as data: a specification says the shape, a source of parameters gives the numbers.

mod fused;
mod layers;
mod layout;
mod parameters;
mod resnet;
mod vgg;

use tch::{Device, Kind, TchError, Tensor};

pub(crate) use fused::Packing;
use layers::Told;
pub use parameters::{Parameters, Role};
pub use resnet::{ResNet, ResNetSpec};
pub use vgg::{Vgg, VggSpec};

/// Whether a forward pass is for an answer or for learning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// Running statistics are used, nothing is dropped.
    Evaluate,
    /// The same, by operators that keep what is not a number. Fused ones cut it off as if it were
    /// below zero, and then an overflow looks like an answer.
    EvaluateExactly,
    /// Batch statistics are used and updated; hidden units are dropped with this probability.
    Train {
        /// Probability of dropping a hidden unit, in `0..1`.
        dropout: f64,
    },
}

/// The shape of a network of any family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkSpec {
    /// Stages of plain convolutions and dense layers.
    Vgg(VggSpec),
    /// Stages of residual blocks and one dense layer.
    ResNet(ResNetSpec),
}

/// A network of any family with its parameters.
#[derive(Debug)]
pub enum Network {
    /// Stages of plain convolutions and dense layers.
    Vgg(Vgg),
    /// Stages of residual blocks and one dense layer.
    ResNet(ResNet),
}

impl NetworkSpec {
    /// What the field calls this network: `resnet18`, `vgg16_bn`.
    pub fn name(&self) -> String {
        match self {
            Self::Vgg(spec) => spec.name(),
            Self::ResNet(spec) => spec.name(),
        }
    }

    /// Number of classes, the width of the last layer.
    pub fn classes(&self) -> i64 {
        match self {
            Self::Vgg(spec) => spec.classes,
            Self::ResNet(spec) => spec.classes,
        }
    }

    /// torchvision's key, the shape and the purpose of every parameter, in the order of the layers.
    pub fn layout(&self) -> Vec<(String, Vec<i64>, Role)> {
        layout::of(self)
    }
}

impl From<VggSpec> for NetworkSpec {
    fn from(spec: VggSpec) -> Self {
        Self::Vgg(spec)
    }
}

impl From<ResNetSpec> for NetworkSpec {
    fn from(spec: ResNetSpec) -> Self {
        Self::ResNet(spec)
    }
}

impl Network {
    /// Builds the network, asking the source for every parameter once, in the order of the layers.
    ///
    /// # Errors
    ///
    /// The first error of the source.
    pub fn new<P: Parameters>(spec: &NetworkSpec, parameters: &mut P) -> Result<Self, P::Error> {
        Ok(match spec {
            NetworkSpec::Vgg(spec) => Self::Vgg(Vgg::new(spec, parameters)?),
            NetworkSpec::ResNet(spec) => Self::ResNet(ResNet::new(spec, parameters)?),
        })
    }

    /// Logits `(N, classes)` of a batch `(N, 3, H, W)` of prepared pictures.
    ///
    /// # Errors
    ///
    /// What libtorch reports, such as a batch of a wrong shape or too small for the pools.
    pub fn forward(&self, batch: &Tensor, mode: Mode) -> Result<Tensor, TchError> {
        match self {
            Self::Vgg(network) => network.forward(batch, mode),
            Self::ResNet(network) => network.forward(batch, mode),
        }
    }

    /// Side in cells of the activation of each stage, for pictures of this side in pixels.
    pub fn sides(&self, size: usize) -> Vec<usize> {
        match self {
            Self::Vgg(network) => network.sides(size),
            Self::ResNet(network) => network.sides(size),
        }
    }

    /// Activation `(N, channels, side, side)` after the last convolution of a stage, before the
    /// pool if one follows.
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    ///
    /// # Panics
    ///
    /// When there is no such stage.
    pub fn trunk(&self, batch: &Tensor, stage: usize) -> Result<Tensor, TchError> {
        match self {
            Self::Vgg(network) => network.trunk(batch, stage, Mode::Evaluate),
            Self::ResNet(network) => network.trunk(batch, stage, Mode::Evaluate),
        }
    }

    /// Logits `(N, classes)` of what [`Self::trunk`] gives for the same stage, which is not changed.
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub fn head(&self, activation: &Tensor, stage: usize) -> Result<Tensor, TchError> {
        match self {
            Self::Vgg(network) => network.head(activation, stage, Mode::Evaluate),
            Self::ResNet(network) => network.head(activation, stage, Mode::Evaluate),
        }
    }

    /// Folds every batch normalisation into the convolution before it, which then costs nothing.
    ///
    /// For answering only: a folded network cannot be trained further. Equal up to rounding.
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub fn fold_batch_norm(&mut self) -> Result<(), TchError> {
        match self {
            Self::Vgg(network) => network.fold_batch_norm(),
            Self::ResNet(network) => network.fold_batch_norm(),
        }
    }

    /// Puts a folded network on a device, in numbers of a kind. Kernels keep their layout in memory.
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub(crate) fn convert(&mut self, device: Device, kind: Kind) -> Result<(), TchError> {
        let to = |tensor: &Tensor| tensor.f_to_device(device)?.f_to_kind(kind);
        match self {
            Self::Vgg(network) => network.convert(&to),
            Self::ResNet(network) => network.convert(&to),
        }
    }

    /// Lays the kernels of a folded network out as a processor reads them fastest, for pictures of
    /// this side in pixels. Other sizes are right, too, and slower. Kernels that were packed are told,
    /// and not read again.
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub(crate) fn pack(
        &mut self,
        size: usize,
        packing: &Packing,
        packed: Told<'_>,
    ) -> Result<(), TchError> {
        match self {
            Self::Vgg(network) => network.pack(size, packing, packed),
            Self::ResNet(network) => network.pack(size, packing, packed),
        }
    }
}
