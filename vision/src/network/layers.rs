//! The layers that the families share.

use tch::{TchError, Tensor};

use super::fused::{PackedKernel, Packing, Window};
use super::winograd::{self, TiledKernel};
use super::{Mode, Parameters, Role};

/// torchvision's default, `torch.nn.BatchNorm2d(eps=1e-5, momentum=0.1)`.
const NORM_EPSILON: f64 = 1e-5;
const NORM_MOMENTUM: f64 = 0.1;

/// What a convolution is like and where its parameters are.
#[derive(Debug)]
pub(super) struct Shape {
    /// Key of the convolution, without the name of the parameter.
    pub(super) key: String,
    /// Key of the batch normalisation that follows, if one does.
    pub(super) norm: Option<String>,
    /// Whether the convolution itself adds a term.
    pub(super) bias: bool,
    /// Channels that come in.
    pub(super) from: i64,
    /// Channels that go out.
    pub(super) to: i64,
    /// Side of the kernel, odd; the map is padded by half of it.
    pub(super) side: i64,
    /// Step of the kernel.
    pub(super) stride: i64,
}

/// Makes a tensor on another device or of another kind.
pub(super) type Conversion<'a> = &'a dyn Fn(&Tensor) -> Result<Tensor, TchError>;

/// Hears of tensors that are not read again.
pub(crate) type Told<'a> = &'a mut dyn FnMut(&Tensor);

/// What follows a convolution and its normalisation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum After<'a> {
    /// Nothing.
    Nothing,
    /// What is below zero becomes zero.
    Relu,
    /// Another map of the same shape is added first.
    AddAndRelu(&'a Tensor),
}

/// A convolution with the batch normalisation after it.
#[derive(Debug)]
pub(super) struct Convolution {
    kernel: Kernel,
    bias: Option<Tensor>,
    norm: Option<BatchNorm>,
    window: Window,
}

#[derive(Debug)]
enum Kernel {
    Plain(Tensor),
    Packed(PackedKernel),
    Tiled(TiledKernel),
}

#[derive(Debug)]
struct BatchNorm {
    scale: Tensor,
    shift: Tensor,
    mean: Tensor,
    variance: Tensor,
}

impl Convolution {
    pub(super) fn new<P: Parameters>(shape: &Shape, parameters: &mut P) -> Result<Self, P::Error> {
        let Shape { key, from, to, side, .. } = shape;
        let weight = parameters.parameter(
            &format!("{key}.weight"),
            &[*to, *from, *side, *side],
            Role::ConvWeight,
        )?;
        let mut part = |key: &str, name: &str, role| {
            parameters.parameter(&format!("{key}.{name}"), &[*to], role)
        };
        let bias = shape.bias.then(|| part(key, "bias", Role::Bias)).transpose()?;
        let norm = match &shape.norm {
            Some(key) => Some(BatchNorm {
                scale: part(key, "weight", Role::NormScale)?,
                shift: part(key, "bias", Role::NormShift)?,
                mean: part(key, "running_mean", Role::NormMean)?,
                variance: part(key, "running_var", Role::NormVariance)?,
            }),
            None => None,
        };
        let window = Window { stride: shape.stride, padding: side / 2 };
        Ok(Self { kernel: Kernel::Plain(weight), bias, norm, window })
    }

    /// The next map; `xs` and what is added are not changed.
    pub(super) fn forward(
        &self,
        xs: &Tensor,
        after: After<'_>,
        mode: Mode,
    ) -> Result<Tensor, TchError> {
        // There is no gradient through a kernel that was packed, and infinities come to nothing.
        let exactly = xs.requires_grad() || mode == Mode::EvaluateExactly;
        let ys = match &self.kernel {
            Kernel::Plain(weight) => self.convolve(xs, weight)?,
            Kernel::Packed(kernel) if exactly => self.convolve(xs, &kernel.unpacked()?)?,
            Kernel::Packed(kernel) => {
                return kernel.forward(xs, self.bias.as_ref(), self.window, after);
            }
            Kernel::Tiled(kernel) => {
                let tiled = if exactly { None } else { kernel.forward(xs)? };
                match tiled {
                    Some(ys) => ys,
                    None => self.convolve(xs, &kernel.unpacked()?)?,
                }
            }
        };
        let mut ys = match &self.norm {
            Some(norm) => norm.forward(&ys, mode)?,
            None => ys,
        };
        match after {
            After::Nothing => Ok(ys),
            After::Relu => ys.f_relu_(),
            After::AddAndRelu(other) => ys.f_add_(other)?.f_relu_(),
        }
    }

    fn convolve(&self, xs: &Tensor, weight: &Tensor) -> Result<Tensor, TchError> {
        let Window { stride, padding } = self.window;
        xs.f_conv2d(weight, self.bias.as_ref(), [stride; 2], [padding; 2], [1, 1], 1)
    }

    /// Makes the normalisation part of the kernel.
    pub(super) fn fold(&mut self) -> Result<(), TchError> {
        let Kernel::Plain(weight) = &mut self.kernel else { return Ok(()) };
        let Some(norm) = self.norm.take() else { return Ok(()) };
        let factor = norm.scale.f_div(&norm.variance.f_add_scalar(NORM_EPSILON)?.f_sqrt()?)?;
        *weight = weight.f_mul(&factor.f_reshape([-1, 1, 1, 1])?)?;
        let centred = match &self.bias {
            Some(bias) => bias.f_sub(&norm.mean)?,
            None => norm.mean.f_neg()?,
        };
        self.bias = Some(centred.f_mul(&factor)?.f_add(&norm.shift)?);
        Ok(())
    }

    /// Puts a folded convolution elsewhere, or into other numbers.
    pub(super) fn convert(&mut self, to: Conversion<'_>) -> Result<(), TchError> {
        if let Kernel::Plain(weight) = &mut self.kernel {
            *weight = to(weight)?;
        }
        self.bias = self.bias.as_ref().map(to).transpose()?;
        Ok(())
    }

    /// Lays a folded kernel out for maps with sides of so many cells; returns the sides of the map
    /// that it makes. What it was packed from is told, and not read again.
    pub(super) fn pack(
        &mut self,
        side: usize,
        packing: &Packing,
        packed: Told<'_>,
    ) -> Result<usize, TchError> {
        if let Kernel::Plain(weight) = &self.kernel {
            let kernel = if winograd::pays(weight, self.window, side, packing.kind()) {
                Kernel::Tiled(TiledKernel::new(weight, self.bias.as_ref(), side, packing)?)
            } else {
                Kernel::Packed(PackedKernel::new(weight, self.window, side, packing)?)
            };
            packed(weight);
            self.kernel = kernel;
        }
        // The kernels are odd and padded by half of their side.
        Ok(side.div_ceil(self.window.stride as usize))
    }
}

impl BatchNorm {
    fn forward(&self, xs: &Tensor, mode: Mode) -> Result<Tensor, TchError> {
        let train = matches!(mode, Mode::Train { .. });
        xs.f_batch_norm(
            Some(&self.scale),
            Some(&self.shift),
            Some(&self.mean),
            Some(&self.variance),
            train,
            NORM_MOMENTUM,
            NORM_EPSILON,
            true,
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    /// Protects every way through a kernel that was packed, in tiles or not: all lead to the same map as the plain
    /// kernel.
    #[test]
    fn packed_kernels_give_what_plain_ones_give() {
        let packing = Packing::new(Kind::Float).unwrap();
        let random = |shape: &[i64]| Tensor::randn(shape, (Kind::Float, Device::Cpu));
        for (channels, bias) in [(128, true), (128, false), (16, true)] {
            let weight = random(&[channels, channels, 3, 3]) * 0.03;
            let bias = bias.then(|| random(&[channels]) * 0.03);
            let made = || Convolution {
                kernel: Kernel::Plain(weight.shallow_clone()),
                bias: bias.as_ref().map(Tensor::shallow_clone),
                norm: None,
                window: Window { stride: 1, padding: 1 },
            };
            let (plain, mut packed) = (made(), made());
            packed.pack(56, &packing, &mut |_| {}).unwrap();
            let is_tiled = matches!(packed.kernel, Kernel::Tiled(_));
            assert_eq!(is_tiled, channels == 128 && cfg!(target_arch = "x86_64"));
            let map = |side| random(&[2, channels, side, side]);
            let other = map(56);
            let of_gradient = || map(56).set_requires_grad(true);
            let with_infinity = map(56);
            let _ = with_infinity.get(1).get(2).get(3).get(4).fill_(f64::INFINITY);
            for (xs, after, mode) in [
                (map(56), After::Nothing, Mode::Evaluate),
                (map(56), After::Relu, Mode::Evaluate),
                (map(56), After::AddAndRelu(&other), Mode::Evaluate),
                (map(56), After::Relu, Mode::EvaluateExactly),
                (map(57), After::Relu, Mode::Evaluate),
                (of_gradient(), After::Relu, Mode::Evaluate),
                (with_infinity, After::Nothing, Mode::EvaluateExactly),
            ] {
                let [ours, theirs] =
                    [&packed, &plain].map(|it| it.forward(&xs, after, mode).unwrap());
                assert!(
                    ours.allclose(&theirs, 1e-4, 1e-5, true),
                    "{channels}, {after:?}, {mode:?}"
                );
            }
        }
    }

    /// Protects whoever looks for an overflow: what comes of an infinity is not cut off by the next layer.
    #[test]
    fn an_infinity_goes_through_tiles() {
        let packing = Packing::new(Kind::Float).unwrap();
        let weight = Tensor::ones([128, 128, 3, 3], (Kind::Float, Device::Cpu));
        let window = Window { stride: 1, padding: 1 };
        let mut ones =
            Convolution { kernel: Kernel::Plain(weight), bias: None, norm: None, window };
        ones.pack(56, &packing, &mut |_| {}).unwrap();
        let xs = Tensor::ones([1, 128, 56, 56], (Kind::Float, Device::Cpu));
        let _ = xs.get(0).get(0).get(4).fill_(f64::INFINITY);
        let ys = ones.forward(&xs, After::Relu, Mode::Evaluate).unwrap();
        let ys = ones.forward(&ys, After::Relu, Mode::Evaluate).unwrap();
        let count = |it: Tensor| it.sum(Kind::Int64).int64_value(&[]);
        assert_eq!(count(ys.isinf()), 128 * 5 * 56);
        assert_eq!(count(ys.isnan()), 0);
    }
}
