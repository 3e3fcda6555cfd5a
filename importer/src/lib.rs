//! Converts the weights of other programs into models of vitrine: once, beforehand, and strictly.
//!
//! A file is told by its content, its tensors are matched with a network that is known, and every
//! conversion is a permutation of numbers; what does not fit exactly is refused. No code of a file
//! is run, with one exception that is said aloud: a TorchScript module is code, and copied.

mod architecture;
mod caffe;
mod card;
mod check;
mod container;
mod convert;
mod error;
mod format;
mod import;
mod keras;
mod labels;
mod place;
mod plan;
pub mod preparation;
mod report;
mod state_dict;
mod transform;

pub use architecture::Architecture;
pub use error::ImportError;
pub use import::{Settings, import};
pub use keras::Kernels;
