//! An interpreter for the pickles of PyTorch that knows tensors, and can run nothing.
//!
//! A pickle is a program for a machine with a stack; loading it in Python runs whatever it names.
//! Here the names that are known stand for data, and any other one ends the reading. The opcodes
//! are those of Python's `pickletools`, protocol 2 and what is harmless of later ones.

mod machine;

use crate::{container::Number, error::ImportError};

/// A value, as an index into all values: however deep a pickle nests, nothing here recurses.
pub(super) type Id = usize;

/// Something in a pickle.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// A value that nothing here asks for: `None`, a boolean, a float, bytes, a long number.
    Other,
    Int(i64),
    Text(String),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// A module of TorchScript, with its attributes.
    Object(Option<Id>),
    Name(Name),
    Storage(Storage),
    Tensor(Tensor),
}

/// A name that a pickle may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    OrderedDict,
    /// `_rebuild_tensor` and its second version.
    RebuildTensor,
    /// `_rebuild_parameter`: what is wrapped is the tensor.
    RebuildParameter,
    /// `torch.Size` and the lists of TorchScript.
    Sequence,
    /// A class of TorchScript code in the archive, of which only the attributes count.
    Script,
    StorageClass(String),
}

/// The memory that tensors lie in.
#[derive(Debug, Clone)]
pub(super) struct Storage {
    pub(super) number: Number,
    /// Name of the entry in `data/`.
    pub(super) key: String,
}

/// A tensor as the pickle describes it.
#[derive(Debug, Clone)]
pub(super) struct Tensor {
    pub(super) storage: Storage,
    /// In elements.
    pub(super) offset: usize,
    pub(super) shape: Vec<usize>,
    /// In elements.
    pub(super) strides: Vec<usize>,
}

/// All values of a pickle.
#[derive(Debug)]
pub(super) struct Pickle {
    nodes: Vec<Node>,
    root: Id,
}

/// Reads a pickle.
pub(super) fn read(bytes: &[u8]) -> Result<Pickle, ImportError> {
    let mut machine = machine::Machine::new(bytes);
    let root = machine.run()?;
    Ok(Pickle { nodes: machine.into_nodes(), root })
}

impl Pickle {
    /// The value that the pickle stands for.
    pub(super) fn root(&self) -> Id {
        self.root
    }

    /// A value.
    pub(super) fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// Keys and values of a dict, or attributes of a module.
    pub(super) fn items(&self, id: Id) -> &[(Id, Id)] {
        match self.node(id) {
            Node::Dict(items) => items,
            Node::Object(Some(state)) => match self.node(*state) {
                Node::Dict(items) => items,
                _ => &[],
            },
            _ => &[],
        }
    }

    /// The value under a key that is a text.
    pub(super) fn item(&self, id: Id, key: &str) -> Option<Id> {
        let is = |&&(k, _): &&(Id, Id)| matches!(self.node(k), Node::Text(text) if text == key);
        self.items(id).iter().find(is).map(|&(_, value)| value)
    }
}

impl Name {
    /// What a name stands for, if it is one that is known.
    fn known(module: &str, name: &str) -> Option<Self> {
        Some(match (module, name) {
            ("collections", "OrderedDict") => Self::OrderedDict,
            ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => Self::RebuildTensor,
            ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => {
                Self::RebuildParameter
            }
            ("torch", "Size") => Self::Sequence,
            ("torch.jit._pickle", name) if name.starts_with("build_") => Self::Sequence,
            ("torch", class) if Number::of_storage(class).is_some() => {
                Self::StorageClass(class.to_owned())
            }
            (module, _) if module == "__torch__" || module.starts_with("__torch__.") => {
                Self::Script
            }
            _ => return None,
        })
    }
}
