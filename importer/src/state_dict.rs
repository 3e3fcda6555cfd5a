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

#[cfg(test)]
mod tests {
    use vision::network::{ResNetSpec, VggSpec};

    use super::*;
    use crate::container::{Number, Stored};

    /// Tensors without numbers.
    #[derive(Debug)]
    struct Shapes(Vec<Stored>);

    impl Container for Shapes {
        fn stored(&self) -> &[Stored] {
            &self.0
        }
        fn read(&self, index: usize) -> Result<Vec<u8>, ImportError> {
            Ok(vec![0; self.0[index].bytes().unwrap_or(0)])
        }
    }

    fn shapes(network: &NetworkSpec, rename: impl Fn(&str) -> String) -> Shapes {
        let stored = |(key, shape, _): (String, Vec<i64>, _)| Stored {
            key: rename(&key),
            shape: sides(&shape),
            number: Number::F32,
        };
        Shapes(network.layout().into_iter().map(stored).collect())
    }

    fn networks() -> Vec<NetworkSpec> {
        let vgg = |depth| [false, true].map(|norm| VggSpec::of_depth(depth, norm, 10));
        let vgg = [11, 13, 16, 19].into_iter().flat_map(vgg).flatten().map(NetworkSpec::Vgg);
        let resnet = [18, 34, 50].into_iter().filter_map(|depth| ResNetSpec::of_depth(depth, 10));
        vgg.chain(resnet.map(NetworkSpec::ResNet)).collect()
    }

    #[test]
    fn every_network_is_found_by_its_keys_and_shapes() {
        for network in networks() {
            let file = shapes(&network, |key| format!("module._orig_mod.{key}"));
            let plan = plan(&file, None).expect("it is complete");
            assert_eq!(plan.network, network);
            assert_eq!(plan.steps.len(), file.0.len());
        }
    }

    /// Protects against half a network: a tensor less and one more are both named.
    #[test]
    fn what_is_missing_or_too_much_is_named() {
        for network in networks() {
            let mut file = shapes(&network, ToOwned::to_owned);
            let last = file.0.pop().expect("networks have tensors");
            let error = plan(&file, None).expect_err("the last term is missing").to_string();
            assert!(error.contains(&last.key), "{error}");
            file.0.push(last);
            let more = Stored { key: "extra.weight".into(), shape: vec![3], number: Number::F32 };
            file.0.push(more);
            let error = plan(&file, None).expect_err("one is too much").to_string();
            assert!(error.contains("`extra.weight`"), "{error}");
        }
    }

    #[test]
    fn a_resnet_that_there_is_not_is_named() {
        let spec = ResNetSpec { blocks: [3, 4, 23, 3], bottleneck: true, classes: 10 };
        let file = shapes(&NetworkSpec::ResNet(spec), ToOwned::to_owned);
        let error = plan(&file, None).expect_err("there is none").to_string();
        assert!(error.contains("resnet101") && error.contains("TorchScript"), "{error}");
    }
}
