//! The tensors of a safetensors file as the parameters of a network.

use std::collections::BTreeSet;

use safetensors::{Dtype, SafeTensors};
use tch::{Kind, Tensor};

use super::WeightsError;
use super::map::Map;
use crate::network::{Parameters, Role};

/// Keys of timm's VGG, which makes the first dense layers convolutions, beside torchvision's.
const TIMM: [(&str, &str); 3] = [
    ("classifier.0.", "pre_logits.fc1."),
    ("classifier.3.", "pre_logits.fc2."),
    ("classifier.6.", "head.fc."),
];

/// A well-formed file whose tensors are taken one by one.
#[derive(Debug)]
pub(super) struct Tensors<'a> {
    map: &'a Map,
    file: SafeTensors<'a>,
    /// Keys that were not taken yet.
    left: BTreeSet<String>,
    timm: bool,
    /// What the matrices are wanted in, which are most of a VGG.
    matrices: Kind,
    /// Whether kernels are only read once, to be packed, so that they need no copy until then.
    kernels_in_place: bool,
    /// Kernels in place.
    lent: Vec<&'a [u8]>,
}

impl<'a> Tensors<'a> {
    /// Reads the header: names, kinds, shapes, and that they cover the file without a gap.
    pub(super) fn new(
        map: &'a Map,
        matrices: Kind,
        kernels_in_place: bool,
    ) -> Result<Self, WeightsError> {
        let file = SafeTensors::deserialize(map.bytes())
            .map_err(|error| WeightsError::Format { reason: error.to_string() })?;
        let left: BTreeSet<_> = file.names().into_iter().map(ToOwned::to_owned).collect();
        let timm = left.contains("pre_logits.fc1.weight");
        Ok(Self { map, file, left, timm, matrices, kernels_in_place, lent: Vec::new() })
    }

    /// Checks that every tensor was taken, and says which kernels lie in place. When they have been
    /// packed, their memory can be given back.
    ///
    /// PyTorch counts the batches that a normalisation has seen; nobody needs that for answering.
    pub(super) fn finish(mut self) -> Result<Vec<&'a [u8]>, WeightsError> {
        self.left.retain(|key| !key.ends_with(".num_batches_tracked"));
        if self.left.is_empty() {
            return Ok(self.lent);
        }
        Err(WeightsError::Unexpected { keys: listed(&self.left) })
    }

    /// The key of a parameter in this file.
    fn key(&self, key: &str) -> String {
        let renamed = TIMM.iter().filter(|_| self.timm).find_map(|(ours, theirs)| {
            key.strip_prefix(ours).map(|name| format!("{theirs}{name}"))
        });
        renamed.unwrap_or_else(|| key.to_owned())
    }

    /// Whether a stored shape is the one that is needed. timm's `(out, channels, 7, 7)` is the same
    /// numbers in the same order as a matrix.
    fn fits(&self, stored: &[usize], shape: &[i64]) -> bool {
        let stored: Vec<_> = stored.iter().map(|&side| side as i64).collect();
        let as_matrix = match (stored.as_slice(), shape) {
            (&[out, channels, height, width], &[rows, columns]) if self.timm => {
                let flat = channels.checked_mul(height).and_then(|n| n.checked_mul(width));
                out == rows && flat == Some(columns)
            }
            _ => false,
        };
        stored == shape || as_matrix
    }
}

impl Parameters for Tensors<'_> {
    type Error = WeightsError;

    fn parameter(&mut self, key: &str, shape: &[i64], role: Role) -> Result<Tensor, WeightsError> {
        let key = self.key(key);
        if !self.left.remove(&key) {
            let (shape, found) = (shape.to_vec(), listed(&self.left));
            return Err(WeightsError::Missing { key, shape, found });
        }
        let view = self
            .file
            .tensor(&key)
            .map_err(|error| WeightsError::Format { reason: error.to_string() })?;
        let kind = match view.dtype() {
            Dtype::F32 => Kind::Float,
            Dtype::F16 => Kind::Half,
            Dtype::BF16 => Kind::BFloat16,
            other => return Err(WeightsError::Kind { key, found: format!("{other:?}") }),
        };
        if !self.fits(view.shape(), shape) {
            let (expected, found) = (shape.to_vec(), view.shape().to_vec());
            return Err(WeightsError::Shape { key, expected, found });
        }
        if !all_finite(view.data(), kind) {
            return Err(WeightsError::NotFinite { key });
        }
        let bytes = view.data();
        // Matrices stay in place, which is most of a VGG. Kernels are only read there, once, to
        // be laid out anew; those of one cell or one channel already are, and would stay.
        let laid_out = || shape[1] == 1 || shape[2..] == [1, 1];
        let there = role == Role::DenseWeight || (role == Role::ConvWeight && !laid_out());
        let mapped = self.map.tensor(bytes, shape).filter(|_| there && kind == Kind::Float);
        let stored = match mapped {
            Some(tensor) if role == Role::ConvWeight && self.kernels_in_place => {
                self.lent.push(bytes);
                return Ok(tensor?);
            }
            Some(tensor) if role == Role::DenseWeight && self.matrices == Kind::Float => {
                return Ok(tensor?);
            }
            Some(tensor) => tensor?,
            None => Tensor::f_from_data_size(bytes, shape, kind)?.f_to_kind(Kind::Float)?,
        };
        let tensor = match role {
            // Channels last in memory, which convolutions read faster wherever they are not packed.
            // libtorch takes the layout from the strides.
            Role::ConvWeight => {
                stored.f_permute([0, 2, 3, 1])?.f_contiguous()?.f_permute([0, 3, 1, 2])?
            }
            Role::DenseWeight => stored.f_to_kind(self.matrices)?,
            _ => stored,
        };
        self.map.release(bytes);
        Ok(tensor)
    }
}

/// Whether no value is an infinity or not a number: those have all bits of the exponent set.
fn all_finite(bytes: &[u8], kind: Kind) -> bool {
    // Without an early exit inside of a block the compiler uses vector instructions.
    bytes.chunks(1 << 16).all(|block| {
        let not_finite = if kind == Kind::Float {
            let (values, _) = block.as_chunks::<4>();
            values.iter().fold(false, |found, value| {
                found | (u32::from_le_bytes(*value) & 0x7F80_0000 == 0x7F80_0000)
            })
        } else {
            let exponent = if kind == Kind::Half { 0x7C00 } else { 0x7F80 };
            let (values, _) = block.as_chunks::<2>();
            values.iter().fold(false, |found, value| {
                found | (u16::from_le_bytes(*value) & exponent == exponent)
            })
        };
        !not_finite
    })
}

/// A few keys for a message.
fn listed(keys: &BTreeSet<String>) -> String {
    let shown: Vec<_> = keys.iter().take(5).map(|key| format!("`{key}`")).collect();
    match (shown.len(), keys.len() - shown.len()) {
        (0, _) => "nothing else".to_owned(),
        (_, 0) => shown.join(", "),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}
