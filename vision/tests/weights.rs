//! Weights files: what is accepted, and that nothing broken ever is.

#![allow(clippy::unwrap_used)]

#[path = "support/generator.rs"]
mod generator;
#[path = "support/parameters.rs"]
mod parameters;

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use safetensors::Dtype;
use safetensors::tensor::{SafeTensors, TensorView, serialize};
use tch::{Kind, Tensor};
use vision::compute::Compute;
use vision::network::{NetworkSpec, VggSpec};
use vision::weights::{Fingerprint, LoadedNetwork, WeightsError};

type Entries = BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>;

fn spec() -> NetworkSpec {
    let stages = vec![vec![4], vec![6]];
    VggSpec { stages, batch_norm: true, grid: 2, hidden: vec![8, 7], classes: 5 }.into()
}

/// A file on disk that is removed when the test ends.
struct File {
    directory: tempfile::TempDir,
}

impl File {
    fn new(bytes: &[u8]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("model.safetensors"), bytes).unwrap();
        Self { directory }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("model.safetensors")
    }
}

fn good() -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("good.safetensors");
    parameters::write(&path, &spec());
    std::fs::read(path).unwrap()
}

fn load(bytes: &[u8]) -> Result<LoadedNetwork, WeightsError> {
    LoadedNetwork::load(
        &File::new(bytes).path(),
        &spec(),
        &Fingerprint::default(),
        64,
        Compute::default(),
    )
}

/// The good file with its tensors changed.
fn changed(change: impl FnOnce(&mut Entries)) -> Vec<u8> {
    let bytes = good();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let entry = |view: TensorView<'_>| (view.dtype(), view.shape().to_vec(), view.data().to_vec());
    let mut entries: Entries =
        file.tensors().into_iter().map(|(key, view)| (key, entry(view))).collect();
    change(&mut entries);
    let views = entries.iter().map(|(key, (dtype, shape, data))| {
        (key.clone(), TensorView::new(*dtype, shape.clone(), data).unwrap())
    });
    serialize(views, None).unwrap()
}

fn logits(network: &LoadedNetwork) -> Vec<f32> {
    let pixels = parameters::picture(0, 8);
    let batch = Tensor::from_slice(&pixels).reshape([1, 8, 8, 3]).permute([0, 3, 1, 2]);
    Vec::try_from(network.forward(&batch, false).unwrap().reshape([-1])).unwrap()
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Protects users of timm's and half-precision files: other names, shapes and kinds, same logits.
#[test]
fn other_layouts_give_the_same_network() {
    let expected = logits(&load(&good()).unwrap());
    assert!(expected.iter().any(|&x| x.abs() > 0.1), "{expected:?}");

    let timm = changed(|entries| {
        for (ours, theirs, shape) in [
            ("classifier.0", "pre_logits.fc1", vec![8, 6, 2, 2]),
            ("classifier.3", "pre_logits.fc2", vec![7, 8, 1, 1]),
            ("classifier.6", "head.fc", vec![5, 7]),
        ] {
            let (dtype, _, data) = entries.remove(&format!("{ours}.weight")).unwrap();
            entries.insert(format!("{theirs}.weight"), (dtype, shape, data));
            let bias = entries.remove(&format!("{ours}.bias")).unwrap();
            entries.insert(format!("{theirs}.bias"), bias);
        }
        // PyTorch writes this counter; it is not needed.
        let counter = (Dtype::I64, vec![], vec![0; 8]);
        entries.insert("features.1.num_batches_tracked".to_owned(), counter);
    });
    assert_eq!(distance(&logits(&load(&timm).unwrap()), &expected), 0.0);

    for (dtype, kind, tolerance) in
        [(Dtype::F16, Kind::Half, 0.05), (Dtype::BF16, Kind::BFloat16, 0.4)]
    {
        let half = changed(|entries| {
            for (stored, shape, data) in entries.values_mut() {
                let n: usize = shape.iter().product();
                let tensor = Tensor::from_data_size(data, &[n as i64], Kind::Float).to_kind(kind);
                *stored = dtype;
                *data = vec![0; n * 2];
                tensor.f_copy_data_u8(data, n).unwrap();
            }
        });
        let found = distance(&logits(&load(&half).unwrap()), &expected);
        assert!(found > 0.0 && found < tolerance, "{dtype:?}: {found}");
    }
}

/// Protects a file whose header was not padded: libtorch would be given misaligned numbers.
#[test]
fn a_misaligned_file_is_read_all_the_same() {
    let bytes = good();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    let mut shifted = (length + 1).to_le_bytes().to_vec();
    shifted.extend(&bytes[8..8 + length as usize]);
    shifted.push(b' ');
    shifted.extend(&bytes[8 + length as usize..]);
    assert_eq!(logits(&load(&shifted).unwrap()), logits(&load(&bytes).unwrap()));
}

/// Protects against another file than the card means.
/// Protects a server from whoever copies a new version over the old one.
#[test]
fn what_happens_to_the_file_later_does_not_matter() {
    let file = File::new(&good());
    let network =
        LoadedNetwork::load(&file.path(), &spec(), &Fingerprint::default(), 64, Compute::default())
            .unwrap();
    let before = logits(&network);
    let length = std::fs::metadata(file.path()).unwrap().len() as usize;
    let mut open = std::fs::OpenOptions::new().write(true).open(file.path()).unwrap();
    std::io::Write::write_all(&mut open, &vec![0xFF; length]).unwrap();
    assert_eq!(logits(&network), before);
    open.set_len(0).unwrap();
    assert_eq!(logits(&network), before);
}

#[test]
fn the_fingerprint_is_checked() {
    use sha2::Digest;
    let bytes = good();
    let file = File::new(&bytes);
    let sha256 = sha2::Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02X}")).collect();
    let size = bytes.len() as u64;
    let right = Fingerprint { sha256: Some(sha256), size: Some(size) };
    LoadedNetwork::load(&file.path(), &spec(), &right, 64, Compute::default()).unwrap();
    let other = Fingerprint { sha256: Some("0".repeat(64)), size: None };
    let error =
        LoadedNetwork::load(&file.path(), &spec(), &other, 64, Compute::default()).unwrap_err();
    assert!(matches!(error, WeightsError::Digest { .. }), "{error}");
    let other = Fingerprint { sha256: None, size: Some(size + 1) };
    let error =
        LoadedNetwork::load(&file.path(), &spec(), &other, 64, Compute::default()).unwrap_err();
    assert!(matches!(error, WeightsError::Size { .. }), "{error}");
    let absent = LoadedNetwork::load(
        &file.path().with_extension("x"),
        &spec(),
        &other,
        64,
        Compute::default(),
    )
    .unwrap_err();
    assert!(matches!(absent, WeightsError::Io { .. }), "{absent}");
}

/// Protects against every file that is well formed and yet not this network's.
#[test]
fn a_file_that_does_not_fit_is_named() {
    let message = |change: fn(&mut Entries)| load(&changed(change)).unwrap_err().to_string();
    assert_eq!(
        message(|entries| drop(entries.remove("classifier.3.bias"))),
        "tensor `classifier.3.bias` of shape [7] is missing; the file has `classifier.6.bias`, \
         `classifier.6.weight`"
    );
    assert_eq!(
        message(|entries| {
            let bias = entries["classifier.3.bias"].clone();
            entries.insert("classifier.9.bias".to_owned(), bias);
        }),
        "the network has no place for `classifier.9.bias`"
    );
    // libtorch's `copy_` would broadcast this one.
    assert_eq!(
        message(|entries| {
            entries.insert("classifier.6.bias".to_owned(), (Dtype::F32, vec![1], vec![0; 4]));
        }),
        "tensor `classifier.6.bias` has shape [1], but the network needs [5]"
    );
    assert_eq!(
        message(|entries| {
            entries.insert("classifier.6.bias".to_owned(), (Dtype::F64, vec![5], vec![0; 40]));
        }),
        "tensor `classifier.6.bias` is of kind F64, but only F32, F16 and BF16 are read"
    );
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let bytes = changed(|entries| {
            let data = &mut entries.get_mut("features.4.weight").unwrap().2;
            data[40..44].copy_from_slice(&bad.to_le_bytes());
        });
        assert_eq!(
            load(&bytes).unwrap_err().to_string(),
            "tensor `features.4.weight` has values that are not finite"
        );
    }
}

/// Protects against files cut or changed on the way: every byte of the header, flipped in turn,
/// gives an error or the same network, and never a panic.
#[test]
fn a_broken_header_is_refused() {
    let bytes = good();
    let expected = logits(&load(&bytes).unwrap());
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut accepted = 0;
    for position in 0..header {
        let mut broken = bytes.clone();
        broken[position] ^= 1 << (position % 8);
        if let Ok(network) = load(&broken) {
            accepted += 1;
            // A space can become another kind of space.
            assert_eq!(logits(&network), expected, "byte {position}");
        }
    }
    assert!(accepted < header / 50, "{accepted} of {header} changes went unnoticed");
}

/// Protects against interrupted downloads.
#[test]
fn a_truncated_file_is_refused() {
    let bytes = good();
    for end in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        let error = load(&bytes[..end]).unwrap_err();
        assert!(matches!(error, WeightsError::Format { .. } | WeightsError::Io { .. }), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    /// Protects the loader from anything at all that is put into its folder.
    #[test]
    fn arbitrary_headers_never_panic(length in 0..200_u64, rest in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [length.to_le_bytes().as_slice(), &rest].concat();
        prop_assert!(load(&bytes).is_err());
    }
}
