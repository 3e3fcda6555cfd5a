//! The VGG family: stages of 3x3 convolutions, each closed by a 2x2 max pool, then dense layers.
//!
//! Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition"
//! (2014), table 1. Keys and the adaptive pool before the classifier are torchvision's.

use tch::{TchError, Tensor};

use super::dense::Dense;
use super::fused::Packing;
use super::layers::{After, Conversion, Convolution, Shape, Told};
use super::pool::pool;
use super::{Mode, Parameters};

/// The shape of a network of the VGG family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VggSpec {
    /// Output channels of each convolution, stage by stage.
    pub stages: Vec<Vec<i64>>,
    /// Whether each convolution is followed by a batch normalisation.
    pub batch_norm: bool,
    /// Side of the square that the feature map is averaged to before the dense layers.
    pub grid: i64,
    /// Widths of the hidden dense layers.
    pub hidden: Vec<i64>,
    /// Number of classes, the width of the last layer.
    pub classes: i64,
}

/// A network of the VGG family with its parameters.
#[derive(Debug)]
pub struct Vgg {
    stages: Vec<Vec<Convolution>>,
    dense: Vec<Dense>,
    grid: i64,
}

impl VggSpec {
    /// Configuration of depth 11, 13, 16 or 19 at full width, for pictures of 224 x 224.
    ///
    /// `None` for another depth: the paper has only these.
    pub fn of_depth(depth: u32, batch_norm: bool, classes: i64) -> Option<Self> {
        let convolutions = match depth {
            11 => [1, 1, 2, 2, 2],
            13 => [2, 2, 2, 2, 2],
            16 => [2, 2, 3, 3, 3],
            19 => [2, 2, 4, 4, 4],
            _ => return None,
        };
        let widths = [64, 128, 256, 512, 512];
        let stages = widths.iter().zip(convolutions).map(|(&width, n)| vec![width; n]).collect();
        Some(Self { stages, batch_norm, grid: 7, hidden: vec![4096, 4096], classes })
    }
}

impl VggSpec {
    /// What the field calls this network: `vgg16`, `vgg16_bn`, or `vgg-9` for nine layers with
    /// weights in another arrangement.
    pub fn name(&self) -> String {
        for depth in [11, 13, 16, 19] {
            if Self::of_depth(depth, self.batch_norm, self.classes).as_ref() == Some(self) {
                return format!("vgg{depth}{}", if self.batch_norm { "_bn" } else { "" });
            }
        }
        let convolutions: usize = self.stages.iter().map(Vec::len).sum();
        format!("vgg-{}", convolutions + self.hidden.len() + 1)
    }

    /// Numbers in the largest map, see [`super::NetworkSpec::largest_map`].
    pub(super) fn largest_map(&self, size: usize) -> usize {
        let widest = |widths: &[i64]| widths.iter().max().map_or(0, |&width| width as usize);
        let maps = self.stages.iter().enumerate();
        maps.map(|(stage, widths)| widest(widths) * (size >> stage).pow(2))
            .max()
            .unwrap_or_default()
    }
}

impl Vgg {
    /// Builds the network, asking the source for every parameter once, in the order of the layers.
    ///
    /// # Errors
    ///
    /// The first error of the source.
    pub fn new<P: Parameters>(spec: &VggSpec, parameters: &mut P) -> Result<Self, P::Error> {
        let mut channels = 3;
        let mut index = 0;
        let mut stages = Vec::with_capacity(spec.stages.len());
        for widths in &spec.stages {
            let mut stage = Vec::with_capacity(widths.len());
            for &width in widths {
                let shape = Shape {
                    key: format!("features.{index}"),
                    norm: spec.batch_norm.then(|| format!("features.{}", index + 1)),
                    bias: true,
                    from: channels,
                    to: width,
                    side: 3,
                    stride: 1,
                };
                stage.push(Convolution::new(&shape, parameters)?);
                channels = width;
                // Convolution, perhaps normalisation, activation: torchvision counts each.
                index += if spec.batch_norm { 3 } else { 2 };
            }
            stages.push(stage);
            index += 1;
        }
        let mut width = channels * spec.grid * spec.grid;
        let mut dense = Vec::with_capacity(spec.hidden.len() + 1);
        for (i, &out) in spec.hidden.iter().chain([&spec.classes]).enumerate() {
            // Dense layer, activation, dropout: again each is counted.
            dense.push(Dense::new(&format!("classifier.{}", 3 * i), width, out, parameters)?);
            width = out;
        }
        Ok(Self { stages, dense, grid: spec.grid })
    }

    /// Logits `(N, classes)` of a batch `(N, 3, H, W)` of prepared pictures.
    ///
    /// # Errors
    ///
    /// What libtorch reports, such as a batch of a wrong shape or too small for the pools.
    pub fn forward(&self, batch: &Tensor, mode: Mode) -> Result<Tensor, TchError> {
        let last = self.last();
        self.head(&self.trunk(batch, last, mode)?, last, mode)
    }

    /// The last stage.
    pub(super) fn last(&self) -> usize {
        self.stages.len() - 1
    }

    /// Folds every batch normalisation into the convolution before it, see
    /// [`super::Network::fold_batch_norm`].
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub fn fold_batch_norm(&mut self) -> Result<(), TchError> {
        self.stages.iter_mut().flatten().try_for_each(Convolution::fold)
    }

    /// Puts a folded network elsewhere, or into other numbers.
    pub(super) fn convert(&mut self, to: Conversion<'_>) -> Result<(), TchError> {
        self.stages.iter_mut().flatten().try_for_each(|convolution| convolution.convert(to))?;
        self.dense.iter_mut().try_for_each(|dense| dense.convert(to))
    }

    /// Lays the kernels of a folded network out for pictures of this side in pixels.
    pub(super) fn pack(
        &mut self,
        size: usize,
        packing: &Packing,
        packed: Told<'_>,
    ) -> Result<(), TchError> {
        let sides = self.sides(size);
        for (stage, side) in self.stages.iter_mut().zip(sides) {
            for convolution in stage {
                convolution.pack(side, packing, packed)?;
            }
        }
        self.dense.iter_mut().for_each(|dense| dense.pack(packing));
        Ok(())
    }

    /// Side in cells of the activation of each stage, before its pool.
    pub(super) fn sides(&self, size: usize) -> Vec<usize> {
        (0..self.stages.len()).map(|stage| size >> stage).collect()
    }

    /// The activation that a stage ends with, before its pool.
    pub(super) fn trunk(
        &self,
        batch: &Tensor,
        stage: usize,
        mode: Mode,
    ) -> Result<Tensor, TchError> {
        let mut xs = self.stage(0, batch, mode)?;
        for index in 1..=stage {
            // In two steps, so that the larger map is gone before the stage makes its own.
            xs = pool(&xs)?;
            xs = self.stage(index, &xs, mode)?;
        }
        Ok(xs)
    }

    /// Logits of the activation that a stage ends with before its pool.
    pub(super) fn head(
        &self,
        activation: &Tensor,
        stage: usize,
        mode: Mode,
    ) -> Result<Tensor, TchError> {
        let mut xs = pool(activation)?;
        for index in stage + 1..self.stages.len() {
            xs = pool(&self.stage(index, &xs, mode)?)?;
        }
        xs = xs.f_adaptive_avg_pool2d([self.grid, self.grid])?.f_flatten(1, -1)?;
        let last = self.dense.len() - 1;
        for (i, dense) in self.dense.iter().enumerate() {
            xs = dense.forward(&xs, i < last, mode)?;
            if let Mode::Train { dropout } = mode
                && i < last
            {
                xs = xs.f_dropout(dropout, true)?;
            }
        }
        Ok(xs)
    }

    /// The convolutions of a stage with their activations.
    fn stage(&self, index: usize, xs: &Tensor, mode: Mode) -> Result<Tensor, TchError> {
        let mut xs = xs.shallow_clone();
        for convolution in &self.stages[index] {
            xs = convolution.forward(&xs, After::Relu, mode)?;
        }
        Ok(xs)
    }
}
