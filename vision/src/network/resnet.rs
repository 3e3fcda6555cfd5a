//! Residual networks: a stem, four stages of blocks that add to what they were given, one dense layer.
//!
//! He et al., "Deep Residual Learning for Image Recognition" (2015), table 1, as torchvision 0.28
//! builds it ("v1.5"): the 3x3 convolution of a bottleneck takes the stride, not the first 1x1.
//! timm names the parameters likewise.

use tch::{TchError, Tensor};

use super::dense::Dense;
use super::fused::Packing;
use super::layers::{After, Conversion, Convolution, Shape, Told};
use super::{Mode, Parameters};

/// The shape of a residual network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResNetSpec {
    /// Number of blocks of each stage.
    pub blocks: [usize; 4],
    /// Whether a block is a bottleneck of three convolutions rather than a pair of 3x3.
    pub bottleneck: bool,
    /// Number of classes, the width of the last layer.
    pub classes: i64,
}

/// A residual network with its parameters.
#[derive(Debug)]
pub struct ResNet {
    stem: Convolution,
    stages: Vec<Vec<Block>>,
    dense: Dense,
}

#[derive(Debug)]
struct Block {
    convolutions: Vec<Convolution>,
    /// Brings the input to the shape of the output, where they differ.
    shortcut: Option<Convolution>,
}

impl ResNetSpec {
    /// Configuration of depth 18, 34 or 50; `None` for another depth.
    pub fn of_depth(depth: u32, classes: i64) -> Option<Self> {
        let (blocks, bottleneck) = match depth {
            18 => ([2, 2, 2, 2], false),
            34 => ([3, 4, 6, 3], false),
            50 => ([3, 4, 6, 3], true),
            _ => return None,
        };
        Some(Self { blocks, bottleneck, classes })
    }

    /// What the field calls this network: `resnet50`. The number counts the weighted layers.
    pub fn name(&self) -> String {
        let convolutions = if self.bottleneck { 3 } else { 2 };
        format!("resnet{}", self.blocks.iter().sum::<usize>() * convolutions + 2)
    }

    /// Numbers in the largest map, see [`super::NetworkSpec::largest_map`]: that of the stem. A first
    /// stage of bottlenecks has as many.
    pub(super) fn largest_map(size: usize) -> usize {
        64 * size.div_ceil(2).pow(2)
    }
}

impl ResNet {
    /// Builds the network, asking the source for every parameter once, in the order of the layers.
    ///
    /// # Errors
    ///
    /// The first error of the source.
    pub fn new<P: Parameters>(spec: &ResNetSpec, parameters: &mut P) -> Result<Self, P::Error> {
        let stem = Shape {
            key: "conv1".to_owned(),
            norm: Some("bn1".to_owned()),
            bias: false,
            from: 3,
            to: 64,
            side: 7,
            stride: 2,
        };
        let stem = Convolution::new(&stem, parameters)?;
        let mut channels = 64;
        let mut stages = Vec::with_capacity(spec.blocks.len());
        for (stage, (&blocks, width)) in spec.blocks.iter().zip([64, 128, 256, 512]).enumerate() {
            let mut made = Vec::with_capacity(blocks);
            for index in 0..blocks {
                // The first block of every stage but the first halves the map.
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let key = format!("layer{}.{index}", stage + 1);
                let (block, out) =
                    Block::new(&key, spec.bottleneck, channels, width, stride, parameters)?;
                made.push(block);
                channels = out;
            }
            stages.push(made);
        }
        let dense = Dense::new("fc", channels, spec.classes, parameters)?;
        Ok(Self { stem, stages, dense })
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
        self.stem.fold()?;
        self.stages.iter_mut().flatten().flat_map(Block::all).try_for_each(Convolution::fold)
    }

    /// Puts a folded network elsewhere, or into other numbers.
    pub(super) fn convert(&mut self, to: Conversion<'_>) -> Result<(), TchError> {
        self.stem.convert(to)?;
        let mut inner = self.stages.iter_mut().flatten().flat_map(Block::all);
        inner.try_for_each(|convolution| convolution.convert(to))?;
        self.dense.convert(to)
    }

    /// Lays the kernels of a folded network out for pictures of this side in pixels.
    pub(super) fn pack(
        &mut self,
        size: usize,
        packing: &Packing,
        packed: Told<'_>,
    ) -> Result<(), TchError> {
        // The pool behind the stem halves its map, rounding up.
        let mut side = self.stem.pack(size, packing, packed)?.div_ceil(2);
        for block in self.stages.iter_mut().flatten() {
            if let Some(shortcut) = &mut block.shortcut {
                shortcut.pack(side, packing, packed)?;
            }
            for convolution in &mut block.convolutions {
                side = convolution.pack(side, packing, packed)?;
            }
        }
        self.dense.pack(packing);
        Ok(())
    }

    /// Side in cells of the activation of each stage.
    pub(super) fn sides(&self, size: usize) -> Vec<usize> {
        // The stem and its pool halve the picture, rounding up because they pad.
        let mut side = size.div_ceil(2).div_ceil(2);
        let mut sides = vec![side];
        for _ in 1..self.stages.len() {
            side = side.div_ceil(2);
            sides.push(side);
        }
        sides
    }

    /// The activation that a stage ends with.
    pub(super) fn trunk(
        &self,
        batch: &Tensor,
        stage: usize,
        mode: Mode,
    ) -> Result<Tensor, TchError> {
        let xs = self.stem.forward(batch, After::Relu, mode)?;
        let xs = xs.f_max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false)?;
        run(&self.stages[..=stage], xs, mode)
    }

    /// Logits of the activation that a stage ends with.
    pub(super) fn head(
        &self,
        activation: &Tensor,
        stage: usize,
        mode: Mode,
    ) -> Result<Tensor, TchError> {
        let xs = run(&self.stages[stage + 1..], activation.shallow_clone(), mode)?;
        let xs = xs.f_adaptive_avg_pool2d([1, 1])?.f_flatten(1, -1)?;
        self.dense.forward(&xs, false, mode)
    }
}

fn run(stages: &[Vec<Block>], mut xs: Tensor, mode: Mode) -> Result<Tensor, TchError> {
    for block in stages.iter().flatten() {
        xs = block.forward(&xs, mode)?;
    }
    Ok(xs)
}

impl Block {
    /// A block, and the channels that it puts out.
    fn new<P: Parameters>(
        key: &str,
        bottleneck: bool,
        from: i64,
        width: i64,
        stride: i64,
        parameters: &mut P,
    ) -> Result<(Self, i64), P::Error> {
        let out = if bottleneck { width * 4 } else { width };
        // Side of the kernel, channels that go out, stride.
        let plan: &[_] = if bottleneck {
            &[(1, width, 1), (3, width, stride), (1, out, 1)]
        } else {
            &[(3, width, stride), (3, out, 1)]
        };
        let mut convolutions = Vec::with_capacity(plan.len());
        let mut channels = from;
        for (number, &(side, to, stride)) in (1..).zip(plan) {
            let norm = Some(format!("{key}.bn{number}"));
            let key = format!("{key}.conv{number}");
            let shape = Shape { key, norm, bias: false, from: channels, to, side, stride };
            convolutions.push(Convolution::new(&shape, parameters)?);
            channels = to;
        }
        let shortcut = if stride != 1 || from != out {
            let norm = Some(format!("{key}.downsample.1"));
            let key = format!("{key}.downsample.0");
            let shape = Shape { key, norm, bias: false, from, to: out, side: 1, stride };
            Some(Convolution::new(&shape, parameters)?)
        } else {
            None
        };
        Ok((Self { convolutions, shortcut }, out))
    }

    /// All convolutions, in no order that matters.
    fn all(&mut self) -> impl Iterator<Item = &mut Convolution> {
        self.convolutions.iter_mut().chain(&mut self.shortcut)
    }

    fn forward(&self, xs: &Tensor, mode: Mode) -> Result<Tensor, TchError> {
        let kept = match &self.shortcut {
            Some(shortcut) => shortcut.forward(xs, After::Nothing, mode)?,
            None => xs.shallow_clone(),
        };
        let mut ys = xs.shallow_clone();
        let last = self.convolutions.len() - 1;
        for (index, convolution) in self.convolutions.iter().enumerate() {
            let after = if index < last { After::Relu } else { After::AddAndRelu(&kept) };
            ys = convolution.forward(&ys, after, mode)?;
        }
        Ok(ys)
    }
}
