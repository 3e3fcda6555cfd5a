//! safetensors files: a JSON header and the numbers, nothing else.

use ::safetensors::{Dtype, tensor::Metadata};

use super::{Container, Number, Stored, check_declared, section::Section};
use crate::error::ImportError;

/// Longest header that is read, in bytes.
const MAX_HEADER: u64 = 32 << 20;

/// A safetensors file.
#[derive(Debug)]
pub(crate) struct Safetensors {
    file: Section,
    stored: Vec<Stored>,
    /// Offsets in the file, in the order of `stored`.
    offsets: Vec<u64>,
}

impl Safetensors {
    /// Reads the header: names, kinds, shapes, and that they cover the file without a gap.
    pub(crate) fn open(file: Section) -> Result<Self, ImportError> {
        let bad = |reason: String| ImportError::malformed("safetensors", reason);
        let length = file.read(0, 8).map_err(|e| bad(e.to_string()))?;
        let length = length.iter().rev().fold(0_u64, |n, &byte| n << 8 | u64::from(byte));
        if length > MAX_HEADER {
            return Err(bad(format!("its header claims {length} bytes")));
        }
        let header = file.read(8, length as usize).map_err(|e| bad(e.to_string()))?;
        let header: Metadata =
            serde_json::from_slice(&header).map_err(|error| bad(error.to_string()))?;
        let start = 8 + length;
        let mut all: Vec<_> = header.tensors().into_iter().collect();
        all.sort_by_key(|(_, info)| info.data_offsets);
        let end = all.last().map_or(0, |(_, info)| info.data_offsets.1 as u64);
        if start.checked_add(end) != Some(file.len()) {
            return Err(bad(format!("it has {} bytes, but its header says otherwise", file.len())));
        }
        let offsets = all.iter().map(|(_, info)| start + info.data_offsets.0 as u64).collect();
        let stored = all
            .into_iter()
            .map(|(key, info)| Stored {
                key,
                shape: info.shape.clone(),
                number: match info.dtype {
                    Dtype::F16 => Number::F16,
                    Dtype::BF16 => Number::BF16,
                    Dtype::F32 => Number::F32,
                    Dtype::F64 => Number::F64,
                    other => Number::Other(format!("{other:?}"), other.bitsize().div_ceil(8)),
                },
            })
            .collect::<Vec<_>>();
        check_declared("safetensors", &stored, file.len())?;
        Ok(Self { file, stored, offsets })
    }
}

impl Container for Safetensors {
    fn stored(&self) -> &[Stored] {
        &self.stored
    }

    fn read(&self, index: usize) -> Result<Vec<u8>, ImportError> {
        let stored = &self.stored[index];
        let bytes = stored.bytes().unwrap_or(usize::MAX);
        self.file
            .read(self.offsets[index], bytes)
            .map_err(|e| ImportError::malformed("safetensors", format!("`{}`: {e}", stored.key)))
    }
}
