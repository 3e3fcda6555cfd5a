//! Archives of PyTorch: `torch.save` of a state dict, and the archives of libtorch that tch and C++
//! write (`.ot`).
//!
//! Both are a zip archive with a pickle that describes the tensors. libtorch would run what such
//! an archive says; here the pickle is read by an interpreter that knows tensors and nothing else.

mod pickle;
mod state;

use super::{Container, Number, Stored, archive::Archive, check_declared, section::Section};
use crate::error::ImportError;
use pickle::Tensor;

/// Longest pickle that is read, in bytes. That of a network with a thousand tensors has 0.2 MB.
const MAX_PICKLE: u64 = 16 << 20;

/// A zip archive of PyTorch with a state dict in it.
#[derive(Debug)]
pub(crate) struct TorchArchive {
    stored: Vec<Stored>,
    places: Vec<Place>,
}

/// Where the numbers of a tensor are.
#[derive(Debug)]
struct Place {
    storage: Section,
    /// In elements of the storage.
    offset: usize,
    strides: Vec<usize>,
}

/// The folder in the archive that all is in, or `None` if this is no archive of PyTorch.
pub(crate) fn root(archive: &Archive) -> Option<&str> {
    archive.names().find_map(|name| {
        name.strip_suffix("/data.pkl").filter(|root| !root.is_empty() && !root.contains('/'))
    })
}

/// Whether the archive is a TorchScript module: it has code with something to call. The archives of
/// tch and C++ look alike, but declare attributes alone.
pub(crate) fn is_script(archive: &Archive, root: &str) -> Result<bool, ImportError> {
    let code = format!("{root}/code/");
    for name in archive.names().filter(|name| name.starts_with(&code) && name.ends_with(".py")) {
        let text = archive.content(name, 64 << 20)?;
        if text.windows(4).any(|word| word == b"def ") {
            return Ok(true);
        }
    }
    Ok(false)
}

impl TorchArchive {
    /// Reads the pickle of an archive, without running anything.
    pub(crate) fn open(archive: &Archive, root: &str, file: u64) -> Result<Self, ImportError> {
        let order = format!("{root}/byteorder");
        if archive.names().any(|name| name == order)
            && archive.content(&order, 16)?.trim_ascii() != b"little"
        {
            return Err(ImportError::malformed("PyTorch", "its numbers are big-endian"));
        }
        let pickle = archive.content(&format!("{root}/data.pkl"), MAX_PICKLE)?;
        let tensors = state::tensors(&pickle::read(&pickle)?)?;
        let mut stored = Vec::with_capacity(tensors.len());
        let mut places = Vec::with_capacity(tensors.len());
        for (key, tensor) in tensors {
            let storage = archive.entry(&format!("{root}/data/{}", tensor.storage.key))?.clone();
            places.push(place(&key, &tensor, storage)?);
            stored.push(Stored { key, shape: tensor.shape, number: tensor.storage.number });
        }
        check_declared("PyTorch", &stored, file)?;
        Ok(Self { stored, places })
    }
}

/// Checks that a tensor lies inside of its storage.
fn place(key: &str, tensor: &Tensor, storage: Section) -> Result<Place, ImportError> {
    let outside =
        || ImportError::malformed("PyTorch", format!("`{key}` is not inside of its storage"));
    let empty = tensor.shape.contains(&0);
    let last = tensor
        .shape
        .iter()
        .zip(&tensor.strides)
        .try_fold(tensor.offset, |at, (&side, &stride)| {
            at.checked_add(side.saturating_sub(1).checked_mul(stride)?)
        })
        .ok_or_else(outside)?;
    let end = last
        .checked_add(1)
        .and_then(|end| end.checked_mul(tensor.storage.number.bytes()))
        .ok_or_else(outside)?;
    if !empty && end as u64 > storage.len() {
        return Err(outside());
    }
    Ok(Place { storage, offset: tensor.offset, strides: tensor.strides.clone() })
}

impl Container for TorchArchive {
    fn stored(&self) -> &[Stored] {
        &self.stored
    }

    fn read(&self, index: usize) -> Result<Vec<u8>, ImportError> {
        let (stored, place) = (&self.stored[index], &self.places[index]);
        let size = stored.number.bytes();
        let bytes = stored.bytes().unwrap_or(usize::MAX);
        let bad = |e| ImportError::malformed("PyTorch", format!("`{}`: {e}", stored.key));
        if place.strides == contiguous(&stored.shape) {
            return place.storage.read((place.offset * size) as u64, bytes).map_err(bad);
        }
        // A transposed tensor, or channels last: the whole storage, taken in order.
        let storage = place.storage.read(0, place.storage.len() as usize).map_err(bad)?;
        let mut out = Vec::with_capacity(bytes);
        for number in 0..bytes / size {
            let mut rest = number;
            let mut at = place.offset;
            for (&side, &stride) in stored.shape.iter().zip(&place.strides).rev() {
                at += rest % side * stride;
                rest /= side;
            }
            out.extend_from_slice(&storage[at * size..][..size]);
        }
        Ok(out)
    }
}

/// Strides of a row-major tensor, as PyTorch states them.
fn contiguous(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i] * shape[i].max(1);
    }
    strides
}

impl Number {
    /// The numbers of a storage class of PyTorch, such as `FloatStorage`.
    fn of_storage(class: &str) -> Option<Self> {
        Some(match class {
            "HalfStorage" => Self::F16,
            "BFloat16Storage" => Self::BF16,
            "FloatStorage" => Self::F32,
            "DoubleStorage" => Self::F64,
            "LongStorage" => Self::Other("int64".to_owned(), 8),
            "IntStorage" => Self::Other("int32".to_owned(), 4),
            "ShortStorage" => Self::Other("int16".to_owned(), 2),
            "CharStorage" => Self::Other("int8".to_owned(), 1),
            "ByteStorage" => Self::Other("uint8".to_owned(), 1),
            "BoolStorage" => Self::Other("bool".to_owned(), 1),
            _ => return None,
        })
    }
}
