//! Why weights were not imported.

use std::{fmt, io, path::PathBuf};

use thiserror::Error;
use vision::{
    card::CardError,
    decode::DecodeError,
    model::{LoadError, ModelError},
};

/// Why weights were not imported. The messages are for whoever typed the command.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The content is of no format that is read.
    #[error("{} is not a file that is read: {reason}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is instead, or what is read.
        reason: String,
    },
    /// A file of a known format contradicts itself.
    #[error("not a well-formed {format} file: {reason}")]
    Malformed {
        /// The format.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A pickle asks for something that could run code.
    #[error(
        "the pickle asks for `{name}`, and nothing but tensors is taken from a pickle (it was read, \
         not run). If you trust the file: {}",
        ADVICE_SAVE
    )]
    Refused {
        /// Module and name that the pickle asks for.
        name: String,
    },
    /// The tensors are no network that is known.
    #[error("no network that is known: {0}")]
    Network(String),
    /// A tensor of the network is not in the file.
    #[error("the network needs `{key}` of shape {}, and the file has no such tensor", Shape(shape))]
    Missing {
        /// Key that was looked for.
        key: String,
        /// Shape that the network needs.
        shape: Vec<usize>,
    },
    /// The file has tensors that the network does not.
    #[error("the network has no place for {0}")]
    Unexpected(String),
    /// A tensor has another shape than the network needs.
    #[error(
        "`{source_key}` has shape {}, but the network needs {} for `{key}`",
        Shape(found),
        Shape(expected)
    )]
    Mismatch {
        /// Key in the file.
        source_key: String,
        /// Shape in the file.
        found: Vec<usize>,
        /// Key of the network.
        key: String,
        /// Shape that the network needs, in the order of the file's axes.
        expected: Vec<usize>,
    },
    /// A tensor is of a kind that is not read.
    #[error("`{key}` is of kind {kind}, but only floats of 16, 32 and 64 bits are read")]
    Kind {
        /// Key in the file.
        key: String,
        /// Kind in the file.
        kind: String,
    },
    /// A tensor has infinities or values that are not numbers.
    #[error("`{0}` has values that are not finite (or too large for 32 bits)")]
    NotFinite(String),
    /// Nothing in the file tells how the kernels lie.
    #[error(
        "nothing in the file tells whether its kernels are applied as they are or turned by 180 \
         degrees: say `--kernels correlation` for files of Caffe or TensorFlow, or `--kernels \
         convolution` for files of Theano. The wrong one gives no error, but wrong answers"
    )]
    Kernels,
    /// The labels do not fit the classes.
    #[error("{0}")]
    Labels(String),
    /// An option has a value that is impossible, or that does not go with the file.
    #[error("{option}: {reason}")]
    Option {
        /// The option, as it is written.
        option: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// There is a model of this name.
    #[error("{} exists; --force replaces it", .0.display())]
    Exists(PathBuf),
    /// The card that was written is refused.
    #[error("the card of the new model is refused")]
    Card(#[from] CardError),
    /// The new model was not loaded.
    #[error("the new model does not work")]
    Load(#[from] LoadError),
    /// The new model did not answer.
    #[error("the new model gives no answer")]
    Answer(#[from] ModelError),
    /// The example picture was not decoded.
    #[error("cannot decode the example {}", path.display())]
    Example {
        /// The picture.
        path: PathBuf,
        /// What is wrong with it.
        source: DecodeError,
    },
}

/// The two lines of Python that make any checkpoint readable.
pub(crate) const ADVICE_SAVE: &str = "convert it once in Python: `s = torch.load(\"FILE\", map_location=\"cpu\", \
     weights_only=False); s = s.state_dict() if hasattr(s, \"state_dict\") else s` and \
     `torch.save(s, \"weights.pth\")`";

/// A shape as people write it: `64x3x3x3`.
pub(crate) struct Shape<'a>(pub(crate) &'a [usize]);

impl fmt::Display for Shape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, side) in self.0.iter().enumerate() {
            write!(f, "{}{side}", if i > 0 { "x" } else { "" })?;
        }
        if self.0.is_empty() { f.write_str("scalar") } else { Ok(()) }
    }
}

impl ImportError {
    /// The error for `map_err` of something done to a file.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// The error for a malformed file.
    pub(crate) fn malformed(format: &'static str, reason: impl Into<String>) -> Self {
        Self::Malformed { format, reason: reason.into() }
    }
}
