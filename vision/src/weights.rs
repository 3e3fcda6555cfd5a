//! Weights from a safetensors file, read strictly and without a second copy of the big matrices.
//!
//! libtorch's own loader ignores tensors that nobody asked for, broadcasts shapes and takes over
//! the kind of the file. Here a file fits a network exactly or is refused, and the error names the
//! tensor. Formats that can carry code (pickles) or read other files (HDF5) are not read at all.

mod error;
mod map;
mod tensors;

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};
use tch::{Device, Kind, TchError, Tensor};

use crate::compute::Compute;
use crate::network::{Mode, Network, NetworkSpec, Packing};
pub use error::WeightsError;
use map::Map;
use tensors::Tensors;

/// Numbers that the pictures whose convolutions run together have in their largest map, 16 MiB in `f32`:
/// one picture of VGG-16. Eight at once need 196 MiB instead of 25, and the same time.
const LARGEST_MAP: usize = 4 << 20;

/// What is known of a file beforehand. Nothing is checked of what is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// SHA-256 of the whole file, 64 hexadecimal digits.
    pub sha256: Option<String>,
    /// Length of the file in bytes.
    pub size: Option<u64>,
}

/// A network with its weights on a device. In `f32` its dense matrices lie in the content of their
/// file.
///
/// The network does not leave this struct, because its tensors must not outlive that.
#[derive(Debug)]
pub struct LoadedNetwork {
    // Fields are dropped in the order of their declaration: the tensors go before their memory.
    network: Network,
    device: Device,
    kind: Kind,
    /// Pictures whose convolutions run together.
    together: i64,
    _map: Option<Map>,
}

impl LoadedNetwork {
    /// Loads a network for answering about pictures of this side in pixels; batch normalisations
    /// are folded into the convolutions.
    ///
    /// The file is read once and may be changed or removed afterwards. Kinds `F32`, `F16` and
    /// `BF16` are read. Keys are torchvision's or timm's.
    ///
    /// # Errors
    ///
    /// When the file does not have the fingerprint, is not a well-formed safetensors file, or does
    /// not hold exactly the tensors of the network with finite values.
    pub fn load(
        path: &Path,
        spec: &NetworkSpec,
        fingerprint: &Fingerprint,
        size: usize,
        compute: Compute,
    ) -> Result<Self, WeightsError> {
        let map = Map::open(path)?;
        check(&map, fingerprint)?;
        let kind = compute.precision.kind();
        // Elsewhere kernels are as they should be. A libtorch for other processors may lack the
        // operators, and answers without them.
        let on_cpu = compute.device == Device::Cpu;
        let packing = on_cpu.then(|| Packing::new(kind).ok()).flatten();
        let mut tensors = Tensors::new(&map, kind, packing.is_some())?;
        let mut network = Network::new(spec, &mut tensors)?;
        let mut kernels = tensors.finish()?;
        network.fold_batch_norm()?;
        // What is off the map needs it no longer, and is dropped with it below.
        network.convert(compute.device, kind)?;
        if let Some(packing) = &packing {
            // One by one, so that there is never more than one kernel in several forms.
            let mut packed = |weight: &Tensor| {
                let is_it =
                    |kernel: &&[u8]| kernel.as_ptr().cast() == weight.data_ptr().cast_const();
                if let Some(index) = kernels.iter().position(is_it) {
                    map.release(kernels.swap_remove(index));
                }
            };
            network.pack(size, packing, &mut packed)?;
        }
        // Those that had become others before.
        kernels.into_iter().for_each(|kernel| map.release(kernel));
        let in_place = on_cpu && kind == Kind::Float;
        let map = in_place.then_some(map);
        // A graphics processor is made for many at once.
        let together =
            if on_cpu { LARGEST_MAP / spec.largest_map(size).max(1) } else { usize::MAX };
        let together = i64::try_from(together.max(1)).unwrap_or(i64::MAX);
        // Kernels were copied on their way.
        allocator::give_back();
        Ok(Self { network, device: compute.device, kind, together, _map: map })
    }

    /// Logits `(N, classes)` of a batch `(N, 3, H, W)` of prepared pictures, both `f32` and of the
    /// processor. With `exactly`, what is not a number stays so, which takes longer.
    ///
    /// # Errors
    ///
    /// What libtorch reports, such as a batch of a wrong shape.
    pub fn forward(&self, batch: &Tensor, exactly: bool) -> Result<Tensor, TchError> {
        let mode = if exactly { Mode::EvaluateExactly } else { Mode::Evaluate };
        back(&self.network.forward_in_parts(&self.take(batch)?, self.together, mode)?)
    }

    /// Side in cells of the activation of each stage, for pictures of this side in pixels.
    pub fn sides(&self, size: usize) -> Vec<usize> {
        self.network.sides(size)
    }

    /// Activation of a stage, see [`Network::trunk`].
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    ///
    /// # Panics
    ///
    /// When there is no such stage.
    pub fn trunk(&self, batch: &Tensor, stage: usize) -> Result<Tensor, TchError> {
        back(&self.network.trunk(&self.take(batch)?, stage)?)
    }

    /// Logits of the activation of a stage, see [`Network::head`].
    ///
    /// # Errors
    ///
    /// What libtorch reports.
    pub fn head(&self, activation: &Tensor, stage: usize) -> Result<Tensor, TchError> {
        back(&self.network.head(&self.take(activation)?, stage)?)
    }

    /// A tensor as the network takes it.
    fn take(&self, tensor: &Tensor) -> Result<Tensor, TchError> {
        if self.device == Device::Cpu || tensor.requires_grad() {
            return tensor.f_to_device(self.device)?.f_to_kind(self.kind);
        }
        // From pages that stay where they are, a copy is faster and need not be waited for.
        let pinned = tensor.f_pin_memory(self.device)?;
        pinned.f_to_device_(self.device, self.kind, true, false)
    }
}

/// A tensor of a network as everybody else takes it.
fn back(tensor: &Tensor) -> Result<Tensor, TchError> {
    tensor.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)
}

/// Checks a file that is not safetensors, which is read by somebody else afterwards.
pub(crate) fn check_file(path: &Path, fingerprint: &Fingerprint) -> Result<(), WeightsError> {
    check(&Map::open(path)?, fingerprint)
}

/// Compares a file with what is known of it.
fn check(map: &Map, fingerprint: &Fingerprint) -> Result<(), WeightsError> {
    let found = map.bytes().len() as u64;
    if let Some(expected) = fingerprint.size.filter(|&expected| expected != found) {
        return Err(WeightsError::Size { expected, found });
    }
    if let Some(expected) = &fingerprint.sha256 {
        let found = digest(map);
        if !found.eq_ignore_ascii_case(expected) {
            return Err(WeightsError::Digest { expected: expected.clone(), found });
        }
    }
    Ok(())
}

/// SHA-256 of a file in hexadecimal digits.
fn digest(map: &Map) -> String {
    let mut found = String::with_capacity(64);
    for byte in Sha256::digest(map.bytes()) {
        // Writing to a string does not fail.
        let _ = write!(found, "{byte:02x}");
    }
    found
}
