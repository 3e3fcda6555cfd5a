//! Files that hold tensors, whatever their format: names, shapes, and the numbers one by one.
//!
//! Nothing is mapped and nothing is read before it is wanted, so that memory holds one tensor at a
//! time.

pub(crate) mod archive;
pub(crate) mod hdf5;
pub(crate) mod safetensors;
pub(crate) mod section;
pub(crate) mod torch;

use std::fmt;

use half::{bf16, f16};

use crate::error::ImportError;

/// How a number is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Number {
    /// IEEE 754 binary16.
    F16,
    /// The upper half of a binary32.
    BF16,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// Something that is no float that is read, with its name and its bytes.
    Other(String, usize),
}

/// A tensor in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Its key in the file.
    pub key: String,
    /// Its shape as stored.
    pub shape: Vec<usize>,
    /// How its numbers are stored.
    pub number: Number,
}

/// A file that holds tensors.
pub(crate) trait Container: fmt::Debug {
    /// What is in it.
    fn stored(&self) -> &[Stored];

    /// The numbers of a tensor, row-major and little-endian: as many as its shape says.
    fn read(&self, index: usize) -> Result<Vec<u8>, ImportError>;
}

impl Number {
    /// Bytes of one number.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::F16 | Self::BF16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
            Self::Other(_, bytes) => *bytes,
        }
    }

    /// The number at an index of what [`Container::read`] gave, rounded to `f32`. `None` for what
    /// is no float.
    pub(crate) fn decoder(&self) -> Option<fn(&[u8], usize) -> f32> {
        Some(match self {
            Self::F16 => |bytes, i| f16::from_le_bytes(chunk(bytes, i)).to_f32(),
            Self::BF16 => |bytes, i| bf16::from_le_bytes(chunk(bytes, i)).to_f32(),
            Self::F32 => |bytes, i| f32::from_le_bytes(chunk(bytes, i)),
            Self::F64 => |bytes, i| f64::from_le_bytes(chunk(bytes, i)) as f32,
            Self::Other(..) => return None,
        })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::F16 => f.write_str("f16"),
            Self::BF16 => f.write_str("bf16"),
            Self::F32 => f.write_str("f32"),
            Self::F64 => f.write_str("f64"),
            Self::Other(name, _) => f.write_str(name),
        }
    }
}

impl Stored {
    /// Bytes that it has when read; `None` when no machine could hold them.
    pub(crate) fn bytes(&self) -> Option<usize> {
        self.shape.iter().try_fold(self.number.bytes(), |n, &side| n.checked_mul(side))
    }
}

/// Refuses files that declare much more than they hold: a few bytes of compressed zeros, or of a
/// stride of zero, must not become gigabytes. Trained weights hardly compress at all.
pub(crate) fn check_declared(
    format: &'static str,
    stored: &[Stored],
    file: u64,
) -> Result<(), ImportError> {
    // A side of zero must not hide others whose product overflows later.
    let bytes = |one: &Stored| {
        one.shape.iter().try_fold(one.number.bytes(), |n, &side| n.checked_mul(side.max(1)))
    };
    let declared = stored.iter().try_fold(0_usize, |sum, one| sum.checked_add(bytes(one)?));
    let most = file.saturating_mul(16).saturating_add(1 << 20);
    match declared {
        Some(declared) if declared as u64 <= most => Ok(()),
        _ => Err(ImportError::malformed(
            format,
            format!("it declares far more numbers than its {file} bytes can hold"),
        )),
    }
}

/// The bytes of the number at an index.
fn chunk<const N: usize>(bytes: &[u8], i: usize) -> [u8; N] {
    std::array::from_fn(|k| bytes[i * N + k])
}
