//! A part of a file as the reader of HDF5 wants it.

use hdf5_reader::{Storage, StorageBuffer, error::Result};

use crate::container::section::Section;

/// A part of a file.
pub(super) struct Bytes(pub(super) Section);

impl Storage for Bytes {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_range(&self, offset: u64, len: usize) -> Result<StorageBuffer> {
        Ok(StorageBuffer::from_vec(self.0.read(offset, len)?))
    }
}
