//! Every layout, against what the library that wrote the file answers for the same picture.
//!
//! A wrong permutation, orientation or preparation gives no error anywhere, only other numbers.

use std::fs;

use importer::Settings;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{answer, file, run, settings};

/// Imports a file with the options that its entry names, and compares the logits.
fn check(name: &str) -> String {
    let golden: Value =
        serde_json::from_str(&fs::read_to_string(file("golden.json")).unwrap()).unwrap();
    let entry = &golden[name];
    let expected: Vec<f64> =
        entry["logits"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
    let models = TempDir::new().unwrap();
    let mut settings = settings(file(name), &models);
    let option = |key: &str| entry[key].as_str().map(ToOwned::to_owned);
    settings.architecture = option("architecture").map(|text| text.parse().unwrap());
    settings.kernels = option("kernels").map(|text| text.parse().unwrap());
    settings.preparation.size = entry["size"].as_u64().map(|size| size as u32);
    compare(&settings, &expected)
}

fn compare(settings: &Settings, expected: &[f64]) -> String {
    let (said, result) = run(settings);
    let found = answer(&result.unwrap_or_else(|error| panic!("{error}\n{said}")));
    assert_eq!(found.len(), expected.len());
    let norm = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(|n| n * n).sum::<f64>().sqrt();
    let differences = found.iter().zip(expected).map(|(&a, b)| f64::from(a) - b);
    let relative = norm(&mut differences.into_iter()) / norm(&mut expected.iter().copied());
    assert!(relative < 1e-5, "{relative}: {found:?} instead of {expected:?}\n{said}");
    said
}

#[test]
fn keras_1_with_the_names_of_the_published_file() {
    let said = check("official.h5");
    assert!(said.contains("block1_conv1/block1_conv1_W_1:0"), "{said}");
    assert!(said.contains("rows from H,W,C to C,H,W"), "{said}");
    assert!(said.contains("keras-caffe") && said.contains("bgr"), "{said}");
}

#[test]
fn keras_2_with_compressed_chunks_and_texts_of_any_length() {
    check("compressed.h5");
}

#[test]
fn numbers_of_64_and_of_16_bits() {
    check("double_big_endian.h5");
    check("half.h5");
}

#[test]
fn theano_has_channels_first_and_turned_kernels() {
    let said = check("theano.h5");
    assert!(said.contains("saved under Theano"), "{said}");
    check("th_dim_ordering.h5");
}

#[test]
fn keras_3_weights_with_and_without_names() {
    check("keras3.weights.h5");
    check("numbered.weights.h5");
}

#[test]
fn keras_3_whole_models() {
    check("keras3_whole.h5");
    check("sequential.keras");
}

#[test]
fn the_first_keras_in_both_orientations() {
    check("legacy_correlation.h5");
    check("legacy_convolution.h5");
}

#[test]
fn the_first_layer_of_caffe_tells_the_orientation() {
    let said = check("legacy_caffe.h5");
    assert!(said.contains("the numbers of the first layer"), "{said}");
}

#[test]
fn state_dicts_of_pytorch() {
    check("state.pth");
    check("batch_norm.pth");
}

#[test]
fn a_checkpoint_with_a_wrapped_model_in_half_precision_and_channels_last() {
    let said = check("checkpoint.pth");
    assert!(said.contains("module.features.0.weight"), "{said}");
}

#[test]
fn safetensors_of_torchvision_and_timm() {
    check("torchvision.safetensors");
    check("bfloat16.safetensors");
    let said = check("timm.safetensors");
    assert!(said.contains("pre_logits.fc1.weight"), "{said}");
}

#[test]
fn torchscript_is_copied_and_said_to_be_code() {
    let said = check("module.pt");
    assert!(said.contains("TorchScript is code"), "{said}");
}

/// Protects the reading of what `VarStore::save` of tch writes, without libtorch.
#[test]
fn archives_of_tch() {
    let folder = TempDir::new().unwrap();
    let ot = folder.path().join("weights.ot");
    let tensors = tch::Tensor::read_safetensors(file("torchvision.safetensors")).unwrap();
    tch::Tensor::save_multi(&tensors, &ot).unwrap();
    let models = TempDir::new().unwrap();
    let mut settings = settings(ot, &models);
    settings.preparation.size = Some(8);
    let golden: Value =
        serde_json::from_str(&fs::read_to_string(file("golden.json")).unwrap()).unwrap();
    let expected = golden["state.pth"]["logits"].as_array().unwrap();
    let expected: Vec<_> = expected.iter().map(|n| n.as_f64().unwrap()).collect();
    let said = compare(&settings, &expected);
    assert!(said.contains("archive of tch"), "{said}");
}
