//! A request to infer, in one form whatever it came in.

use std::{str::FromStr, time::Duration};

use app::problem::Problem;
use broker::Priority;
use bytes::Bytes;

use super::{EXTENSIONS, malformed};

/// A request to infer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InferRequest {
    /// To be said again in the answer.
    pub id: Option<String>,
    /// How urgent it is, and how long it may take.
    pub wishes: Wishes,
    /// The inputs; one is taken.
    pub inputs: Vec<Tensor>,
    /// The outputs that are wanted, in this order; all that are listed if none is.
    pub outputs: Vec<Wanted>,
    /// Whether outputs come as binary data unless they say otherwise.
    pub binary: bool,
}

/// How a request is to be treated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    /// 0 for what is usual, 1 for the most urgent class.
    pub priority: u64,
    /// From arrival to answer, in microseconds; 0 for what is usual.
    pub timeout: u64,
}

/// An input.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// What its elements are.
    pub datatype: Datatype,
    /// How many of them in each dimension. Empty for one that came without a word about it.
    pub shape: Vec<usize>,
    /// The elements, row by row.
    pub data: Data,
}

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datatype {
    /// One byte.
    Uint8,
    /// Half precision.
    Fp16,
    /// The upper half of single precision.
    Bf16,
    /// Single precision.
    Fp32,
    /// Any number of bytes.
    Bytes,
}

/// Elements of a tensor.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Numbers, by their value. `UINT8` fits as well.
    Numbers(Vec<f32>),
    /// Base64, as JSON has to write bytes.
    Base64(Vec<String>),
    /// Bytes, one by one.
    Elements(Vec<Bytes>),
    /// Little-endian; `BYTES` have their length before them in four bytes.
    Raw(Bytes),
}

/// A wish for an output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// The best so many classes in words instead of all in numbers.
    pub classification: Option<usize>,
    /// Whether it comes as binary data; if nothing is said, as the request says.
    pub binary: Option<bool>,
}

impl Datatype {
    /// Bytes of an element; `None` if they differ.
    pub fn size(self) -> Option<usize> {
        match self {
            Self::Uint8 => Some(1),
            Self::Fp16 | Self::Bf16 => Some(2),
            Self::Fp32 => Some(4),
            Self::Bytes => None,
        }
    }

    /// Its name in the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uint8 => "UINT8",
            Self::Fp16 => "FP16",
            Self::Bf16 => "BF16",
            Self::Fp32 => "FP32",
            Self::Bytes => "BYTES",
        }
    }
}

impl FromStr for Datatype {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        let all = [Self::Fp32, Self::Fp16, Self::Bf16, Self::Uint8, Self::Bytes];
        all.into_iter().find(|datatype| datatype.name() == name).ok_or_else(|| {
            malformed(format!(
                "The datatype {name:?} is not taken. Send FP32, FP16 or BF16 (a prepared tensor), \
                 UINT8 (pixels) or BYTES (encoded pictures)."
            ))
        })
    }
}

impl Wishes {
    /// The class of the request. As with Triton, a level that does not exist is the usual one.
    pub fn class(self) -> Priority {
        match self.priority {
            1 => Priority::High,
            3 => Priority::Low,
            _ => Priority::Normal,
        }
    }

    /// How long it may take, if that is said.
    pub fn deadline(self) -> Option<Duration> {
        (self.timeout > 0).then(|| Duration::from_micros(self.timeout))
    }
}

impl Tensor {
    /// Pictures in this tensor, by its shape.
    ///
    /// # Errors
    ///
    /// When it has no shape of any that are taken.
    pub fn pictures(&self) -> Result<usize, Problem> {
        match (self.datatype, &self.shape[..]) {
            (_, []) => Ok(1),
            (Datatype::Bytes, &[n] | &[n, 1]) => Ok(n),
            (Datatype::Bytes, shape) => Err(malformed(format!(
                "The input {:?} of encoded pictures has shape {shape:?}; it must be [n].",
                self.name
            ))),
            (_, &[n, _, _, _]) => Ok(n),
            (_, shape) => Err(malformed(format!(
                "The input {:?} has shape {shape:?}; it must be [n, 3, height, width].",
                self.name
            ))),
        }
    }
}

/// The shape as it was sent, with what is impossible refused.
pub(crate) fn shape(name: &str, shape: &[i64]) -> Result<Vec<usize>, Problem> {
    let dimensions: Option<Vec<usize>> =
        shape.iter().map(|&side| usize::try_from(side).ok()).collect();
    let dimensions = dimensions.filter(|sides| !sides.is_empty());
    let product = dimensions
        .as_ref()
        .and_then(|sides| sides.iter().try_fold(1_usize, |all, &side| all.checked_mul(side)));
    match (dimensions, product) {
        (Some(sides), Some(elements)) if elements <= super::MAX_BODY => Ok(sides),
        _ => Err(malformed(format!(
            "The input {name:?} has the impossible shape {shape:?}. Every dimension is at least 0, \
             and all together are not too large."
        ))),
    }
}

/// Says that tensors are not taken from shared memory.
pub(crate) fn no_shared_memory() -> Problem {
    let have = EXTENSIONS.join(", ");
    malformed(format!("Shared memory is not an extension that is there; these are: {have}."))
}
