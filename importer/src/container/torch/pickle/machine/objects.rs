//! What the machine makes of the names that a pickle may ask for: storages, tensors and modules.

use super::{
    super::{Id, Name, Node, Storage, Tensor},
    Machine, bad, short,
};
use crate::{container::Number, error::ImportError};

/// Longest key of a storage in bytes; PyTorch counts them through.
const MAX_KEY: usize = 256;

impl Machine<'_> {
    /// `BINPERSID`: `("storage", class, key, device, elements)`.
    pub(super) fn storage(&mut self) -> Result<(), ImportError> {
        let id = self.pop()?;
        let Node::Tuple(parts) = &self.nodes[id] else { return Err(bad("a storage is no tuple")) };
        let part = |i: usize| parts.get(i).map(|&id| &self.nodes[id]);
        match (part(1), part(2)) {
            (Some(Node::Name(Name::StorageClass(class))), Some(Node::Text(key))) => {
                let number = Number::of_storage(class).ok_or_else(|| bad("an unknown storage"))?;
                // Each tensor has a copy of it.
                if key.len() > MAX_KEY {
                    return Err(bad("the key of a storage is far too long"));
                }
                let key = key.clone();
                self.push(Node::Storage(Storage { number, key }))
            }
            _ => Err(bad("a storage has no class or no key")),
        }
    }

    /// `REDUCE`: the known names as data.
    pub(super) fn call(&mut self) -> Result<(), ImportError> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let (Node::Name(name), Node::Tuple(arguments)) =
            (&self.nodes[function], &self.nodes[arguments])
        else {
            return Err(bad("something is called that is no name"));
        };
        let made = match name {
            Name::OrderedDict if arguments.is_empty() => Node::Dict(Vec::new()),
            Name::RebuildTensor => Node::Tensor(self.tensor(arguments)?),
            // What is wrapped stands for itself.
            Name::RebuildParameter | Name::Sequence => {
                self.stack.push(*arguments.first().ok_or_else(short)?);
                return Ok(());
            }
            _ => return Err(bad("a name is called that is none to call")),
        };
        self.push(made)
    }

    fn tensor(&self, arguments: &[Id]) -> Result<Tensor, ImportError> {
        let argument = |i: usize| arguments.get(i).map(|&id| &self.nodes[id]).ok_or_else(short);
        let (Node::Storage(storage), Node::Int(offset), Node::Tuple(shape), Node::Tuple(strides)) =
            (argument(0)?, argument(1)?, argument(2)?, argument(3)?)
        else {
            return Err(bad("a tensor is not described as PyTorch does it"));
        };
        let size = |&id: &Id| match self.nodes[id] {
            Node::Int(n) => usize::try_from(n).map_err(|_| bad("a tensor has a negative size")),
            _ => Err(bad("a tensor has a size that is no number")),
        };
        let shape: Vec<_> = shape.iter().map(size).collect::<Result<_, _>>()?;
        let strides: Vec<_> = strides.iter().map(size).collect::<Result<_, _>>()?;
        if shape.len() != strides.len() || shape.len() > 8 {
            return Err(bad("a tensor has as many strides as it has not sides"));
        }
        let offset =
            usize::try_from(*offset).map_err(|_| bad("a tensor begins before its storage"))?;
        Ok(Tensor { storage: storage.clone(), offset, shape, strides })
    }

    /// `NEWOBJ`: a module of TorchScript, still without attributes.
    pub(super) fn object(&mut self) -> Result<(), ImportError> {
        let (_, class) = (self.pop()?, self.pop()?);
        match &self.nodes[class] {
            Node::Name(Name::Script) => self.push(Node::Object(None)),
            _ => Err(bad("an object is made of something that is no module")),
        }
    }

    /// `BUILD`: attributes of a module. Those of an ordered dict are notes of PyTorch to itself.
    pub(super) fn build(&mut self) -> Result<(), ImportError> {
        let state = self.pop()?;
        let object = *self.stack.last().ok_or_else(short)?;
        match &mut self.nodes[object] {
            Node::Object(attributes) => *attributes = Some(state),
            Node::Dict(_) => {}
            _ => return Err(bad("attributes are given to something that has none")),
        }
        Ok(())
    }
}
