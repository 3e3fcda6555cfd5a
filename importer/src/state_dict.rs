//! Networks under the keys of torchvision and timm.

mod resnet;
mod vgg;

pub(crate) use vgg::{agreed, grid};

use std::collections::BTreeMap;

use vision::network::NetworkSpec;

use crate::{
    architecture::Architecture,
    caffe::{Probe, probe},
    container::Container,
    error::ImportError,
    plan::{Plan, Step, Training, listed, sides},
    transform::Transform,
};

/// What wrappers put before every key.
const PREFIXES: [&str; 6] = ["module.", "_orig_mod.", "model.", "net.", "backbone.", "encoder."];

/// Keys as torchvision would have them, and their indices in the file.
pub(crate) type Keys = BTreeMap<String, usize>;

/// Finds the network and a source for each of its tensors.
pub(crate) fn plan(
    file: &dyn Container,
    wanted: Option<&Architecture>,
) -> Result<Plan, ImportError> {
    let stored = file.stored();
    let keys = keys(file);
    let (network, keys) = if keys.contains_key("conv1.weight") && keys.contains_key("fc.weight") {
        (resnet::network(&keys, stored, wanted)?, keys)
    } else if keys.keys().any(|key| key.starts_with("features.")) {
        let keys = vgg::renamed(keys, stored);
        (vgg::network(&keys, stored, wanted)?, keys)
    } else {
        let found = listed(keys.keys().map(String::as_str));
        return Err(ImportError::Network(format!(
            "the keys are those of no VGG and no ResNet of torchvision or timm: {found}"
        )));
    };
    let steps = steps(&network, &keys, file)?;
    let mut notes = Vec::new();
    let mut training = Training::Torchvision;
    if let NetworkSpec::Vgg(_) = network {
        match probe(file, &steps[0], &steps[1])? {
            Probe::Caffe { bgr, turned: false } => {
                training = Training::CaffeInTorch { bgr };
                notes
                    .push("the first layer is Caffe's, so Caffe's means are subtracted".to_owned());
            }
            Probe::Caffe { turned: true, .. } => {
                return Err(ImportError::Network(
                    "the first layer is Caffe's with its kernels turned by 180 degrees, which \
                     PyTorch does not undo: the file was converted wrongly"
                        .to_owned(),
                ));
            }
            Probe::Other => {}
        }
    }
    Ok(Plan { network, steps, training, size: None, notes })
}

/// The keys without what wrappers put before them, and without the counters of PyTorch.
fn keys(file: &dyn Container) -> Keys {
    let stored = file.stored();
    let mut keys: Vec<(&str, usize)> =
        stored.iter().enumerate().map(|(index, one)| (one.key.as_str(), index)).collect();
    // How many batches a normalisation has seen is of no use for answering; some wrappers count, too.
    keys.retain(|(key, _)| !key.ends_with(".num_batches_tracked") && *key != "n_averaged");
    while let Some(prefix) = PREFIXES
        .iter()
        .find(|prefix| !keys.is_empty() && keys.iter().all(|(key, _)| key.starts_with(**prefix)))
    {
        for (key, _) in &mut keys {
            *key = &key[prefix.len()..];
        }
    }
    keys.into_iter().map(|(key, index)| (key.to_owned(), index)).collect()
}

/// A source for each tensor, and no tensor without a place.
fn steps(
    network: &NetworkSpec,
    keys: &Keys,
    file: &dyn Container,
) -> Result<Vec<Step>, ImportError> {
    let mut left = keys.clone();
    let mut steps = Vec::new();
    for (key, shape, _) in network.layout() {
        let shape = sides(&shape);
        let index = left
            .remove(&key)
            .ok_or_else(|| ImportError::Missing { key: key.clone(), shape: shape.clone() })?;
        steps.push(Step::new(file.stored(), index, key, shape, Transform::Copy)?);
    }
    if left.is_empty() {
        return Ok(steps);
    }
    Err(ImportError::Unexpected(listed(left.values().map(|&i| file.stored()[i].key.as_str()))))
}
