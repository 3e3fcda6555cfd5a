//! Networks as data: a specification says the shape, a source of parameters gives the numbers.

mod dense;
mod fused;
mod layers;
mod layout;
mod parameters;
mod pool;
mod resnet;
mod vgg;
mod winograd;

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

    /// Numbers in the largest map between two layers, for a picture of this side in pixels.
    pub(crate) fn largest_map(&self, size: usize) -> usize {
        match self {
            Self::Vgg(spec) => spec.largest_map(size),
            Self::ResNet(_) => ResNetSpec::largest_map(size),
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
        let last = self.last();
        self.head_in(&self.trunk_in(batch, last, mode)?, last, mode)
    }

    /// The same, with the convolutions of so many pictures at a time. Their maps are most of what a
    /// batch takes in memory, and gain nothing by it; the dense layers do, and get all at once.
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub(crate) fn forward_in_parts(
        &self,
        batch: &Tensor,
        pictures: i64,
        mode: Mode,
    ) -> Result<Tensor, TchError> {
        if batch.size().first().is_none_or(|&n| n <= pictures) {
            return self.forward(batch, mode);
        }
        let last = self.last();
        let parts = batch.f_split(pictures, 0)?;
        let maps = parts.iter().map(|part| self.trunk_in(part, last, mode));
        let maps = maps.collect::<Result<Vec<_>, _>>()?;
        self.head_in(&Tensor::f_cat(&maps, 0)?, last, mode)
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
        self.trunk_in(batch, stage, Mode::Evaluate)
    }

    /// Logits `(N, classes)` of what [`Self::trunk`] gives for the same stage, which is not changed.
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub fn head(&self, activation: &Tensor, stage: usize) -> Result<Tensor, TchError> {
        self.head_in(activation, stage, Mode::Evaluate)
    }

    fn last(&self) -> usize {
        match self {
            Self::Vgg(network) => network.last(),
            Self::ResNet(network) => network.last(),
        }
    }

    fn trunk_in(&self, batch: &Tensor, stage: usize, mode: Mode) -> Result<Tensor, TchError> {
        match self {
            Self::Vgg(network) => network.trunk(batch, stage, mode),
            Self::ResNet(network) => network.trunk(batch, stage, mode),
        }
    }

    fn head_in(&self, maps: &Tensor, stage: usize, mode: Mode) -> Result<Tensor, TchError> {
        match self {
            Self::Vgg(network) => network.head(maps, stage, mode),
            Self::ResNet(network) => network.head(maps, stage, mode),
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Small random numbers, and variances of one.
    struct Random;

    impl Parameters for Random {
        type Error = Infallible;

        fn parameter(&mut self, _: &str, shape: &[i64], role: Role) -> Result<Tensor, Infallible> {
            let options = (Kind::Float, Device::Cpu);
            Ok(match role {
                Role::NormVariance => Tensor::ones(shape, options),
                _ => Tensor::randn(shape, options) * 0.1,
            })
        }
    }

    /// Protects whoever shares a batch with others: a picture's answer is its own.
    #[test]
    fn a_batch_in_parts_has_the_answers_of_the_whole() {
        let vgg = VggSpec {
            stages: vec![vec![8], vec![16, 8]],
            batch_norm: false,
            grid: 2,
            hidden: vec![12],
            classes: 5,
        };
        let resnet = ResNetSpec::of_depth(18, 5).unwrap();
        for spec in [NetworkSpec::from(vgg), resnet.into()] {
            let network = Network::new(&spec, &mut Random).unwrap();
            let batch = Tensor::randn([5, 3, 32, 32], (Kind::Float, Device::Cpu));
            let whole = network.forward(&batch, Mode::Evaluate).unwrap();
            for pictures in [1, 2, 4, 5, 8] {
                let parts = network.forward_in_parts(&batch, pictures, Mode::Evaluate).unwrap();
                let scale = whole.abs().max().double_value(&[]);
                let apart = (&parts - &whole).abs().max().double_value(&[]);
                assert!(apart <= 1e-5 * scale, "{}, {pictures}: {apart} of {scale}", spec.name());
            }
        }
    }

    /// Protects the bound of memory: libtorch says how large the maps are.
    #[test]
    fn the_largest_map_is_known() {
        let vgg = VggSpec::of_depth(11, false, 5).unwrap();
        let resnet = ResNetSpec::of_depth(50, 5).unwrap();
        for spec in [NetworkSpec::from(vgg), resnet.into()] {
            let network = Network::new(&spec, &mut Random).unwrap();
            let picture = Tensor::zeros([1, 3, 64, 64], (Kind::Float, Device::Cpu));
            let stages = network.sides(64).len();
            let maps = (0..stages).map(|stage| network.trunk(&picture, stage).unwrap().numel());
            assert_eq!(maps.max().unwrap(), spec.largest_map(64), "{}", spec.name());
        }
    }
}
