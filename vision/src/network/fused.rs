//! Layers that do what follows them before their result leaves the cache.
//!
//! They are operators of libtorch that only a TorchScript module can call: `fused/module.py` is that
//! module. Kernels of convolutions lie in memory as oneDNN reads them fastest, which depends on the size of
//! the map. None of this has a gradient.

use std::sync::Arc;

use tch::{CModule, Device, IValue, Kind, TchError, Tensor};

use super::layers::After;

/// The module with the operators.
#[derive(Debug)]
pub(crate) struct Fused(CModule);

/// How convolutions are made ready for answering.
#[derive(Debug, Clone)]
pub(crate) struct Packing {
    fused: Arc<Fused>,
    kind: Kind,
}

/// A kernel in oneDNN's own layout.
#[derive(Debug)]
pub(super) struct PackedKernel {
    weight: Tensor,
    packing: Packing,
}

/// Where a kernel goes over a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) stride: i64,
    pub(super) padding: i64,
}

impl Fused {
    fn call(&self, method: &str, arguments: &[IValue]) -> Result<Tensor, TchError> {
        match self.0.method_is(method, arguments)? {
            IValue::Tensor(result) => Ok(result),
            other => Err(TchError::Kind(format!("{method} gave {other:?}"))),
        }
    }
}

impl Packing {
    /// The way to pack for numbers of this kind, tried out with a small convolution.
    ///
    /// # Errors
    ///
    /// What libtorch reports where it was built without these operators, or the processor lacks the
    /// instructions for the kind.
    pub(crate) fn new(kind: Kind) -> Result<Self, TchError> {
        let module = CModule::load_data(&mut include_bytes!("fused/module.pt").as_slice())?;
        let packing = Self { fused: Arc::new(Fused(module)), kind };
        packing.trial(16, 4)?()?;
        Ok(packing)
    }

    /// The numbers that are computed with.
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// A fully connected layer for a batch, with a weight as everybody reads it.
    pub(super) fn dense(
        &self,
        xs: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        relu: bool,
    ) -> Result<Tensor, TchError> {
        let activation = if relu { "relu" } else { "none" };
        let arguments = [own(xs), own(weight), own(bias), IValue::String(activation.to_owned())];
        self.fused.call("dense", &arguments)
    }

    /// Something to try and to measure: a 3x3 convolution of a map with so many channels and sides
    /// of so many cells.
    ///
    /// # Errors
    ///
    /// What libtorch reports, both when it is made and when it is called.
    pub(crate) fn trial(
        &self,
        channels: i64,
        side: usize,
    ) -> Result<impl Fn() -> Result<(), TchError> + use<>, TchError> {
        let ones = |shape| Tensor::f_ones(shape, (self.kind, Device::Cpu));
        let map = ones([1, channels, side as i64, side as i64])?;
        let window = Window { stride: 1, padding: 1 };
        let kernel = PackedKernel::new(&ones([channels, channels, 3, 3])?, window, side, self)?;
        Ok(move || kernel.forward(&map, None, window, After::Relu).map(drop))
    }
}

impl PackedKernel {
    /// Packs a kernel for maps with sides of so many cells.
    pub(super) fn new(
        weight: &Tensor,
        window: Window,
        side: usize,
        packing: &Packing,
    ) -> Result<Self, TchError> {
        Self::of_groups(weight, 1, window, [side as i64; 2], packing)
    }

    /// The same for as many kernels one after the other, each of which reads channels of its own, and for maps
    /// with so many cells down and across.
    pub(super) fn of_groups(
        weight: &Tensor,
        groups: i64,
        window: Window,
        [height, width]: [i64; 2],
        packing: &Packing,
    ) -> Result<Self, TchError> {
        let Window { stride, padding } = window;
        let channels = groups * weight.size().get(1).copied().unwrap_or_default();
        let weight = weight.f_to_kind(packing.kind)?.f_to_mkldnn(packing.kind)?;
        let weight = weight.f_mkldnn_reorder_conv2d_weight(
            [padding; 2],
            [stride; 2],
            [1, 1],
            groups,
            [1, channels, height, width].as_slice(),
        )?;
        Ok(Self { weight, packing: packing.clone() })
    }

    /// The next map; `xs` and what is added are not changed.
    pub(super) fn forward(
        &self,
        xs: &Tensor,
        bias: Option<&Tensor>,
        window: Window,
        after: After<'_>,
    ) -> Result<Tensor, TchError> {
        let (method, last) = match after {
            After::Nothing => ("convolution", IValue::String("none".to_owned())),
            After::Relu => ("convolution", IValue::String("relu".to_owned())),
            After::AddAndRelu(other) => ("convolution_and_sum", own(other)),
        };
        let arguments = [
            own(xs),
            own(&self.weight),
            bias.map_or(IValue::None, own),
            IValue::IntList(vec![window.padding; 2]),
            IValue::IntList(vec![window.stride; 2]),
            last,
        ];
        self.packing.fused.call(method, &arguments)
    }

    /// The next map, of kernels for the cells of tiles, so many rows of them at a time: see [`super::winograd`].
    pub(super) fn tiled(&self, xs: &Tensor, bias: &Tensor, band: i64) -> Result<Tensor, TchError> {
        let arguments = [own(xs), own(&self.weight), own(bias), IValue::Int(band)];
        self.packing.fused.call("winograd", &arguments)
    }

    /// The kernel as everybody else reads it, `OIHW`: a copy.
    pub(super) fn unpacked(&self) -> Result<Tensor, TchError> {
        self.weight.f_to_dense(None::<Kind>, false)
    }
}

fn own(tensor: &Tensor) -> IValue {
    IValue::Tensor(tensor.shallow_clone())
}
