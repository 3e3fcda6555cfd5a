//! Fully connected layers, of which a few pictures read the whole weight from memory.

use std::sync::LazyLock;

use tch::{Kind, TchError, Tensor};

use super::fused::Packing;
use super::layers::Conversion;
use super::{Mode, Parameters, Role};

/// A fully connected layer.
#[derive(Debug)]
pub(super) struct Dense {
    weight: Tensor,
    bias: Tensor,
    packing: Option<Packing>,
}

/// What multiplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// What libtorch takes by itself, which is MKL for `f32`.
    Linear,
    /// The same for so many parts of the outputs at a time.
    Parts(i64),
    /// oneDNN.
    OneDnn,
}

/// Whether MKL is at home on this processor. It has one slow kernel for those of others, which takes
/// one thread for a picture.
static MKL_AT_HOME: LazyLock<bool> = LazyLock::new(|| {
    #[cfg(target_arch = "x86_64")]
    {
        let vendor = std::arch::x86_64::__cpuid(0);
        let name = [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes);
        name.as_flattened() == b"GenuineIntel"
    }
    #[cfg(not(target_arch = "x86_64"))]
    false
});

impl Way {
    /// The fastest way for so many pictures, by measuring VGG-16's first layer on two threads. On Intel's
    /// processors MKL takes 17 ms for two and oneDNN 24, and 52 and 22 for eight. On AMD's MKL takes 19 ms
    /// for one, 14 in two parts, and oneDNN 15; 37 and 17 for two, 39 and 21 for eight.
    fn of(pictures: i64, outputs: i64, threads: i32, mkl_at_home: bool) -> Self {
        match pictures {
            3.. => Self::OneDnn,
            _ if mkl_at_home => Self::Linear,
            2 => Self::OneDnn,
            _ => {
                let parts = (2..=i64::from(threads)).rev().find(|parts| outputs % parts == 0);
                parts.map_or(Self::Linear, Self::Parts)
            }
        }
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
        Ok(Self { weight, bias, packing: None })
    }

    /// The next vectors, with an activation if there is to be one.
    pub(super) fn forward(&self, xs: &Tensor, relu: bool, mode: Mode) -> Result<Tensor, TchError> {
        let &[pictures, _] = xs.size().as_slice() else { return self.linear(xs, relu) };
        match &self.packing {
            Some(packing) if mode == Mode::Evaluate && !xs.requires_grad() => {
                match Way::of(pictures, self.outputs(), tch::get_num_threads(), *MKL_AT_HOME) {
                    Way::OneDnn => packing.dense(xs, &self.weight, &self.bias, relu),
                    Way::Parts(parts) if self.weight.kind() == Kind::Float => {
                        self.in_parts(xs, parts, relu)
                    }
                    Way::Parts(_) | Way::Linear => self.linear(xs, relu),
                }
            }
            _ => self.linear(xs, relu),
        }
    }

    fn linear(&self, xs: &Tensor, relu: bool) -> Result<Tensor, TchError> {
        let mut ys = xs.f_linear(&self.weight, Some(&self.bias))?;
        if relu { ys.f_relu_() } else { Ok(ys) }
    }

    /// For parts of the outputs at a time, each on a thread. The weight stays where it is.
    fn in_parts(&self, xs: &Tensor, parts: i64, relu: bool) -> Result<Tensor, TchError> {
        let each = self.outputs() / parts;
        let weight = self.weight.f_view([parts, each, -1])?.f_transpose(1, 2)?;
        let bias = self.bias.f_view([parts, 1, each])?;
        let mut ys = bias.f_baddbmm(&xs.f_expand([parts, -1, -1], false)?, &weight, 1, 1)?;
        if relu {
            ys = ys.f_relu_()?;
        }
        ys.f_transpose(0, 1)?.f_reshape([xs.size()[0], self.outputs()])
    }

    fn outputs(&self) -> i64 {
        self.bias.numel() as i64
    }

    /// Lets it be multiplied by what is fastest.
    pub(super) fn pack(&mut self, packing: &Packing) {
        self.packing = Some(packing.clone());
    }

    /// Puts a layer elsewhere, or into other numbers.
    pub(super) fn convert(&mut self, to: Conversion<'_>) -> Result<(), TchError> {
        self.weight = to(&self.weight)?;
        self.bias = to(&self.bias)?;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tch::Device;

    use super::*;

    #[test]
    fn every_way_gives_the_same() {
        let random = |shape: &[i64]| Tensor::randn(shape, (Kind::Float, Device::Cpu));
        let packing = Packing::new(Kind::Float).unwrap();
        for outputs in [12, 5] {
            let dense =
                Dense { weight: random(&[outputs, 64]), bias: random(&[outputs]), packing: None };
            for (pictures, relu) in [(1, false), (1, true), (2, true), (3, false)] {
                let xs = random(&[pictures, 64]);
                let linear = dense.linear(&xs, relu).unwrap();
                let fused = packing.dense(&xs, &dense.weight, &dense.bias, relu).unwrap();
                let parts = dense.in_parts(&xs, if outputs == 12 { 3 } else { 5 }, relu).unwrap();
                for other in [fused, parts] {
                    assert_eq!(other.size(), linear.size());
                    let apart = (other - &linear).abs().max().double_value(&[]);
                    assert!(apart <= 5e-5, "{outputs}, {pictures}: {apart}");
                }
            }
        }
    }

    /// Protects layers whose outputs no number of threads divides.
    #[test]
    fn parts_are_equal() {
        let lone = |outputs, threads| Way::of(1, outputs, threads, false);
        assert_eq!(lone(4096, 2), Way::Parts(2));
        assert_eq!(lone(4096, 3), Way::Parts(2));
        assert_eq!(lone(4095, 3), Way::Parts(3));
        assert_eq!([lone(7, 3), lone(4096, 1)], [Way::Linear; 2]);
    }

    #[test]
    fn mkl_multiplies_where_it_is_at_home() {
        assert_eq!([1, 2].map(|pictures| Way::of(pictures, 4096, 2, true)), [Way::Linear; 2]);
        assert_eq!([Way::of(2, 4096, 2, false), Way::of(8, 4096, 2, true)], [Way::OneDnn; 2]);
    }
}
