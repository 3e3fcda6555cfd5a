//! The state dict in what a pickle holds.

use super::pickle::{Node, Pickle, Tensor};
use crate::error::{ADVICE_SAVE, ImportError};

/// Under which keys checkpoints of training programs keep the state dict.
const NESTED: [&str; 5] = ["state_dict", "model", "model_state_dict", "state_dict_ema", "net"];

/// Tensors that are believed, and bytes of their names.
const MAX_TENSORS: usize = 65_536;
const MAX_KEY: usize = 1024;

/// Names and tensors of the state dict, in its order.
pub(super) fn tensors(pickle: &Pickle) -> Result<Vec<(String, Tensor)>, ImportError> {
    let mut at = pickle.root();
    // A dict in a dict in a dict is as deep as checkpoints go.
    for _ in 0..3 {
        let found = direct(pickle, at)?;
        if !found.is_empty() {
            return Ok(found);
        }
        let nested = NESTED.iter().find_map(|key| pickle.item(at, key));
        match nested {
            Some(nested) => at = nested,
            None => break,
        }
    }
    Err(ImportError::Network(format!("there is no state dict in the file; {ADVICE_SAVE}")))
}

/// The tensors of one dict or module.
fn direct(pickle: &Pickle, at: usize) -> Result<Vec<(String, Tensor)>, ImportError> {
    let mut found = Vec::new();
    for &(key, value) in pickle.items(at) {
        if let (Node::Text(key), Node::Tensor(tensor)) = (pickle.node(key), pickle.node(value)) {
            if found.len() == MAX_TENSORS || key.len() > MAX_KEY {
                let reason = "it has more tensors, or longer names, than any network";
                return Err(ImportError::malformed("PyTorch", reason));
            }
            // tch writes `|` for the dots of its names, which libtorch does not allow.
            found.push((key.replace('|', "."), tensor.clone()));
        }
    }
    Ok(found)
}
