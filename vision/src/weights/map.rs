//! The one place of this crate with unsafe code: a file as memory, and tensors over it.

#![allow(unsafe_code)]

use std::fs::File;
use std::path::Path;

use memmap2::Mmap;
#[cfg(unix)]
use memmap2::UncheckedAdvice;
use tch::{Device, Kind, TchError, Tensor};

use super::WeightsError;

/// A file that is mapped into memory, read only.
#[derive(Debug)]
pub(super) struct Map(Mmap);

impl Map {
    /// Maps a file.
    pub(super) fn open(path: &Path) -> Result<Self, WeightsError> {
        let error = |source| WeightsError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(error)?;
        // SAFETY: the bytes are only read, and only as numbers, for which any pattern is valid. A
        // writer could change them meanwhile or truncate the file, which would end the process by
        // a signal; that the file stays as it is, is the documented duty of the operator.
        let map = unsafe { Mmap::map(&file) }.map_err(error)?;
        Ok(Self(map))
    }

    /// The content of the file.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Lets the system forget a part that was read and copied; whoever reads it again gets it from
    /// the file again. Does nothing where the system cannot, and for what is not of this map.
    pub(super) fn release(&self, part: &[u8]) {
        if !self.holds(part) {
            return;
        }
        #[cfg(unix)]
        {
            let offset = part.as_ptr() as usize - self.0.as_ptr() as usize;
            // SAFETY: the part lies inside of the map as checked above, and the map is shared and
            // read only, so that forgotten pages come back as they were. A failure costs memory.
            let _ = unsafe {
                self.0.unchecked_advise_range(UncheckedAdvice::DontNeed, offset, part.len())
            };
        }
    }

    /// Whether a slice is a part of this map.
    fn holds(&self, part: &[u8]) -> bool {
        let (whole, part) = (self.0.as_ptr_range(), part.as_ptr_range());
        whole.start <= part.start && part.end <= whole.end
    }

    /// A tensor of kind `f32` over a part of the file, which is not copied.
    ///
    /// `None` when the part does not begin at a multiple of four bytes or is not as long as the
    /// shape. The caller keeps the tensor beside this map in `LoadedNetwork`, which drops it first,
    /// lends it to nobody and never writes to a parameter.
    pub(super) fn tensor(&self, part: &[u8], shape: &[i64]) -> Option<Result<Tensor, TchError>> {
        let elements = shape.iter().try_fold(1_i64, |n, &side| n.checked_mul(side))?;
        let bytes = usize::try_from(elements).ok()?.checked_mul(size_of::<f32>())?;
        if !self.holds(part) || part.len() != bytes || !part.as_ptr().cast::<f32>().is_aligned() {
            return None;
        }
        // SAFETY: the pointer is aligned and valid for as many elements as the shape has, as checked
        // above, for as long as the map lives, which is longer than the tensor as described above.
        // Empty strides mean contiguous ones.
        Some(unsafe { Tensor::f_from_blob(part.as_ptr(), shape, &[], Kind::Float, Device::Cpu) })
    }
}
