//! The one place of this crate with unsafe code: the content of a file, and tensors over it.

#![allow(unsafe_code)]

use std::fs::File;
use std::io::Read;
use std::path::Path;

#[cfg(unix)]
use memmap2::UncheckedAdvice;
use memmap2::{Mmap, MmapMut};
use tch::{Device, Kind, TchError, Tensor};

use super::WeightsError;

/// The largest page of memory that systems have, in bytes.
const PAGE: usize = 64 * 1024;

/// The content of a file in memory of its own, which begins at a page.
///
/// It is a copy rather than a mapping of the file, because whoever writes into a mapped file changes
/// the network, and whoever cuts it short ends the process. Memory that is asked from the system
/// goes back to it, whole or in part, which that of the allocator may not.
#[derive(Debug)]
pub(super) struct Map(Mmap);

impl Map {
    /// Reads a file.
    pub(super) fn open(path: &Path) -> Result<Self, WeightsError> {
        let read = || {
            let mut file = File::open(path)?;
            let length = file.metadata()?.len();
            // A map must not be empty; an empty file is found out by its missing header.
            let length = usize::try_from(length).map_err(std::io::Error::other)?.max(1);
            let mut map = MmapMut::map_anon(length)?;
            let mut held = 0;
            while held < length {
                match file.read(&mut map[held..])? {
                    0 => break,
                    read => held += read,
                }
            }
            map.make_read_only()
        };
        read().map(Self).map_err(|source| WeightsError::Io { path: path.to_owned(), source })
    }

    /// The content of the file.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Gives the memory of a part back that was read and copied, and is not read again. Does
    /// nothing where the system cannot, and for what is not of this map.
    pub(super) fn release(&self, part: &[u8]) {
        if !self.holds(part) {
            return;
        }
        #[cfg(unix)]
        {
            let base = self.0.as_ptr() as usize;
            let start = part.as_ptr() as usize - base;
            // The map begins at a page. The system rounds to whole ones, and the first and the last
            // may hold a part of something else.
            let (first, end) = (start.next_multiple_of(PAGE), (start + part.len()) / PAGE * PAGE);
            if first < end {
                // SAFETY: these pages lie inside of the map as checked above, and inside of the
                // part, which nobody reads again. They are zeros from now on, which is a valid
                // pattern for bytes. A failure costs memory and nothing else.
                let _ = unsafe {
                    self.0.unchecked_advise_range(UncheckedAdvice::DontNeed, first, end - first)
                };
            }
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
