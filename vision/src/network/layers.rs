//! The layers that the families share.

use tch::{TchError, Tensor};

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

/// A convolution with the batch normalisation after it.
#[derive(Debug)]
pub(super) struct Convolution {
    weight: Tensor,
    bias: Option<Tensor>,
    norm: Option<BatchNorm>,
    stride: i64,
    padding: i64,
}

#[derive(Debug)]
struct BatchNorm {
    scale: Tensor,
    shift: Tensor,
    mean: Tensor,
    variance: Tensor,
}

/// A fully connected layer.
#[derive(Debug)]
pub(super) struct Dense {
    weight: Tensor,
    bias: Tensor,
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
        Ok(Self { weight, bias, norm, stride: shape.stride, padding: side / 2 })
    }

    /// The next map, without an activation; `xs` is not changed.
    pub(super) fn forward(&self, xs: &Tensor, mode: Mode) -> Result<Tensor, TchError> {
        let (stride, padding) = ([self.stride; 2], [self.padding; 2]);
        let ys = xs.f_conv2d(&self.weight, self.bias.as_ref(), stride, padding, [1, 1], 1)?;
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

    /// Makes the normalisation part of the kernel.
    pub(super) fn fold(&mut self) -> Result<(), TchError> {
        let Some(norm) = self.norm.take() else { return Ok(()) };
        let factor = norm.scale.f_div(&norm.variance.f_add_scalar(NORM_EPSILON)?.f_sqrt()?)?;
        self.weight = self.weight.f_mul(&factor.f_reshape([-1, 1, 1, 1])?)?;
        let centred = match &self.bias {
            Some(bias) => bias.f_sub(&norm.mean)?,
            None => norm.mean.f_neg()?,
        };
        self.bias = Some(centred.f_mul(&factor)?.f_add(&norm.shift)?);
        Ok(())
    }
}

impl Dense {
    pub(super) fn new<P: Parameters>(
        key: &str,
        from: i64,
        to: i64,
        parameters: &mut P,
    ) -> Result<Self, P::Error> {
        let weight =
            parameters.parameter(&format!("{key}.weight"), &[to, from], Role::DenseWeight)?;
        let bias = parameters.parameter(&format!("{key}.bias"), &[to], Role::Bias)?;
        Ok(Self { weight, bias })
    }

    pub(super) fn forward(&self, xs: &Tensor) -> Result<Tensor, TchError> {
        xs.f_linear(&self.weight, Some(&self.bias))
    }
}
