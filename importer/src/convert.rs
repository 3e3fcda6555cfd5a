//! Writes the tensors of a plan as a safetensors file, one at a time.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use serde_json::{Map, json};
use sha2::{Digest, Sha256};

use crate::{container::Container, error::ImportError, plan::Step};

/// Rows that are permuted together: sixteen numbers of 32 bits fill a cache line.
const ROWS: usize = 64;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// SHA-256 of the file, in hexadecimal digits.
    pub(crate) sha256: String,
    /// Its length in bytes.
    pub(crate) size: u64,
}

/// A writer that keeps count and digest of what goes through it.
#[derive(Debug)]
pub(crate) struct Hashed<W> {
    to: W,
    digest: Sha256,
    size: u64,
}

/// Writes `f32` tensors under the keys of the steps.
pub(crate) fn write(
    path: &Path,
    file: &dyn Container,
    steps: &[Step],
) -> Result<Written, ImportError> {
    let failed = || ImportError::io("write", path);
    let out = File::create(path).map_err(failed())?;
    let mut out = Hashed::new(BufWriter::with_capacity(1 << 20, out));
    out.write_all(&header(steps)).map_err(failed())?;
    for step in steps {
        tensor(&mut out, file, step, path)?;
    }
    let (out, written) = out.finish();
    let out = out.into_inner().map_err(|error| failed()(error.into_error()))?;
    out.sync_all().map_err(failed())?;
    Ok(written)
}

/// Length and JSON, padded so that the numbers begin at a multiple of eight.
fn header(steps: &[Step]) -> Vec<u8> {
    let mut offset = 0;
    let mut header = Map::new();
    for step in steps {
        let end = offset + step.shape.iter().product::<usize>() * size_of::<f32>();
        let entry = json!({ "dtype": "F32", "shape": step.shape, "data_offsets": [offset, end] });
        header.insert(step.key.clone(), entry);
        offset = end;
    }
    let mut header = serde_json::Value::from(header).to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    [&(header.len() as u64).to_le_bytes()[..], &header].concat()
}

/// Writes one tensor, permuted, in `f32`.
fn tensor(
    out: &mut impl Write,
    file: &dyn Container,
    step: &Step,
    path: &Path,
) -> Result<(), ImportError> {
    let stored = &file.stored()[step.index];
    let kind = || ImportError::Kind { key: stored.key.clone(), kind: stored.number.to_string() };
    let decode = stored.number.decoder().ok_or_else(kind)?;
    let bytes = file.read(step.index)?;
    let source = step.transform.source(&step.shape);
    let rows = step.shape.first().copied().unwrap_or(1);
    let columns: usize = step.shape.iter().skip(1).product();
    let mut block = Vec::new();
    for first in (0..rows).step_by(ROWS) {
        let count = ROWS.min(rows - first);
        block.clear();
        block.resize(count * columns * size_of::<f32>(), 0);
        let mut finite = true;
        // Column by column: the rows of a transposed matrix lie beside each other in the file.
        for column in 0..columns {
            for row in 0..count {
                let number = decode(&bytes, source(first + row, column));
                finite &= number.is_finite();
                let at = (row * columns + column) * size_of::<f32>();
                block[at..at + size_of::<f32>()].copy_from_slice(&number.to_le_bytes());
            }
        }
        if !finite {
            return Err(ImportError::NotFinite(stored.key.clone()));
        }
        out.write_all(&block).map_err(ImportError::io("write", path))?;
    }
    Ok(())
}

impl<W: Write> Hashed<W> {
    /// Nothing went through yet.
    pub(crate) fn new(to: W) -> Self {
        Self { to, digest: Sha256::new(), size: 0 }
    }

    /// What it wrote to, and what went through.
    pub(crate) fn finish(self) -> (W, Written) {
        let mut sha256 = String::with_capacity(64);
        for byte in self.digest.finalize() {
            // Writing to a string does not fail.
            let _ = write!(sha256, "{byte:02x}");
        }
        (self.to, Written { sha256, size: self.size })
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.digest.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
