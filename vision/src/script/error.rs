//! Why a TorchScript module was not taken.

use tch::{IValue, TchError};
use thiserror::Error;

use crate::weights::WeightsError;

/// Why a TorchScript module was not taken. The messages are for the operator.
#[derive(Debug, Error)]
pub enum ScriptError {
    /// The file could not be read, or is not the one stated.
    #[error(transparent)]
    File(#[from] WeightsError),
    /// The file is no module; a pickled `state_dict` has the same extension, for example.
    #[error(
        "not a TorchScript module ({reason}); \
         `torch.jit.trace(network.eval(), picture).save(\"model.pt\")` writes one"
    )]
    Module {
        /// What libtorch says.
        reason: String,
    },
    /// The module fails on a black picture.
    #[error("the module fails on a picture of shape (1, 3, {size}, {size}): {reason}")]
    Fails {
        /// Side of the picture in pixels.
        size: usize,
        /// What libtorch says.
        reason: String,
    },
    /// Something else than a tensor comes out.
    #[error(
        "the module returns {found}, but must return one tensor of shape (pictures, classes); \
         wrap it in a module whose `forward` returns that alone"
    )]
    NotATensor {
        /// What comes out.
        found: &'static str,
    },
    /// The numbers that come out are no floating-point numbers.
    #[error("the module returns numbers of kind {found}, but must return floating-point numbers")]
    Kind {
        /// Their kind.
        found: String,
    },
    /// A tensor of another shape comes out.
    #[error(
        "the module returns a tensor of shape {found:?} for one picture, but must return \
         [1, {labels}]: a number for each of the {labels} labels"
    )]
    Shape {
        /// Shape for one picture.
        found: Vec<i64>,
        /// Labels of the card.
        labels: usize,
    },
    /// More or fewer numbers come out than there are labels.
    #[error("the module returns {found} numbers for a picture, but the card has {labels} labels")]
    Classes {
        /// Numbers for one picture.
        found: i64,
        /// Labels of the card.
        labels: usize,
    },
    /// libtorch reports an error.
    #[error("libtorch reports an error")]
    Torch(#[from] TchError),
}

/// What libtorch says, without the calls that led there.
pub(super) fn first_line(error: &TchError) -> String {
    let text = error.to_string();
    // An error inside of a module begins with the way to it; what is wrong comes last.
    let told = text.lines().rev().find_map(|line| line.split_once("Error: "));
    let line = told.map_or_else(|| text.lines().next().unwrap_or_default(), |(_, line)| line);
    line.trim().to_owned()
}

/// What a value is called in Python.
pub(super) fn kind_of(value: &IValue) -> &'static str {
    match value {
        IValue::None => "None",
        IValue::Tensor(_) => "a tensor",
        IValue::Tuple(_) => "a tuple",
        IValue::GenericDict(_) => "a dict",
        IValue::IntList(_)
        | IValue::DoubleList(_)
        | IValue::BoolList(_)
        | IValue::StringList(_)
        | IValue::TensorList(_)
        | IValue::GenericList(_) => "a list",
        IValue::String(_) => "a string",
        IValue::Double(_) | IValue::Int(_) | IValue::Bool(_) => "a number",
        _ => "an object",
    }
}
