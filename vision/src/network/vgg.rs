//! The VGG family: stages of 3x3 convolutions, each closed by a 2x2 max pool, then dense layers.
//!
//! Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition"
//! (2014), table 1. Keys and the adaptive pool before the classifier are torchvision's.

use tch::{TchError, Tensor};

use super::{Mode, Parameters, Role};

/// torchvision's default, `torch.nn.BatchNorm2d(eps=1e-5, momentum=0.1)`.
const NORM_EPSILON: f64 = 1e-5;
const NORM_MOMENTUM: f64 = 0.1;

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

#[derive(Debug)]
struct Convolution {
    weight: Tensor,
    bias: Tensor,
    norm: Option<BatchNorm>,
}

#[derive(Debug)]
struct BatchNorm {
    scale: Tensor,
    shift: Tensor,
    mean: Tensor,
    variance: Tensor,
}

#[derive(Debug)]
struct Dense {
    weight: Tensor,
    bias: Tensor,
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
                stage.push(Convolution::new(spec, parameters, index, channels, width)?);
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
            let key = format!("classifier.{}", 3 * i);
            let weight =
                parameters.parameter(&format!("{key}.weight"), &[out, width], Role::DenseWeight)?;
            let bias = parameters.parameter(&format!("{key}.bias"), &[out], Role::Bias)?;
            dense.push(Dense { weight, bias });
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
        let mut xs = batch.shallow_clone();
        for stage in &self.stages {
            for convolution in stage {
                xs = convolution.forward(&xs, mode)?.f_relu_()?;
            }
            xs = xs.f_max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false)?;
        }
        xs = xs.f_adaptive_avg_pool2d([self.grid, self.grid])?.f_flatten(1, -1)?;
        let last = self.dense.len() - 1;
        for (i, dense) in self.dense.iter().enumerate() {
            xs = xs.f_linear(&dense.weight, Some(&dense.bias))?;
            if i < last {
                xs = xs.f_relu_()?;
                if let Mode::Train { dropout } = mode {
                    xs = xs.f_dropout(dropout, true)?;
                }
            }
        }
        Ok(xs)
    }

    /// Folds every batch normalisation into the convolution before it, which then costs nothing.
    ///
    /// For answering only: a folded network cannot be trained further. Equal up to rounding.
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub fn fold_batch_norm(&mut self) -> Result<(), TchError> {
        for convolution in self.stages.iter_mut().flatten() {
            if let Some(norm) = convolution.norm.take() {
                let factor =
                    norm.scale.f_div(&norm.variance.f_add_scalar(NORM_EPSILON)?.f_sqrt()?)?;
                convolution.weight = convolution.weight.f_mul(&factor.f_reshape([-1, 1, 1, 1])?)?;
                convolution.bias =
                    convolution.bias.f_sub(&norm.mean)?.f_mul(&factor)?.f_add(&norm.shift)?;
            }
        }
        Ok(())
    }
}

impl Convolution {
    fn new<P: Parameters>(
        spec: &VggSpec,
        parameters: &mut P,
        index: usize,
        channels: i64,
        width: i64,
    ) -> Result<Self, P::Error> {
        let key = format!("features.{index}");
        let weight = parameters.parameter(
            &format!("{key}.weight"),
            &[width, channels, 3, 3],
            Role::ConvWeight,
        )?;
        let bias = parameters.parameter(&format!("{key}.bias"), &[width], Role::Bias)?;
        let norm = if spec.batch_norm {
            let mut part = |name: &str, role| {
                parameters.parameter(&format!("features.{}.{name}", index + 1), &[width], role)
            };
            Some(BatchNorm {
                scale: part("weight", Role::NormScale)?,
                shift: part("bias", Role::NormShift)?,
                mean: part("running_mean", Role::NormMean)?,
                variance: part("running_var", Role::NormVariance)?,
            })
        } else {
            None
        };
        Ok(Self { weight, bias, norm })
    }

    fn forward(&self, xs: &Tensor, mode: Mode) -> Result<Tensor, TchError> {
        let ys = xs.f_conv2d(&self.weight, Some(&self.bias), [1, 1], [1, 1], [1, 1], 1)?;
        let Some(norm) = &self.norm else { return Ok(ys) };
        let train = matches!(mode, Mode::Train { .. });
        ys.f_batch_norm(
            Some(&norm.scale),
            Some(&norm.shift),
            Some(&norm.mean),
            Some(&norm.variance),
            train,
            NORM_MOMENTUM,
            NORM_EPSILON,
            true,
        )
    }
}
