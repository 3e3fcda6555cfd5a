//! Whole models: logits compared with torchvision's, and what happens when numbers break.

#![allow(clippy::unwrap_used)]

#[path = "support/generator.rs"]
mod generator;
#[path = "support/logits.rs"]
mod logits;
#[path = "support/models.rs"]
mod models;
#[path = "support/parameters.rs"]
mod parameters;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use logits::distance;
use serde::Deserialize;
use vision::card::{Architecture, ModelCard};
use vision::compute::Compute;
use vision::explain::Method;
use vision::model::{LoadError, Model, ModelError};
use vision::network::{NetworkSpec, ResNetSpec, VggSpec};
use vision::prediction::{Output, OutputKind};

/// Largest `|difference| / |logits|`, both Euclidean. The same libtorch gave the reference, so what
/// is left is the order of sums in other kernels; `f32` resolves 6e-8 and VGG-16 sums 16 times.
const TOLERANCE: f64 = 1e-4;

#[derive(Deserialize)]
struct Reference {
    logits: Vec<Vec<f32>>,
    #[serde(default)]
    grad_cam: Vec<GradCam>,
}

#[derive(Deserialize)]
struct GradCam {
    class: usize,
    width: usize,
    height: usize,
    weights: Vec<f32>,
}

fn small_spec() -> VggSpec {
    let stages = vec![vec![8], vec![16], vec![32, 32], vec![32, 32], vec![64, 64]];
    VggSpec { stages, batch_norm: true, grid: 2, hidden: vec![24, 20], classes: 10 }
}

fn card(weights: PathBuf, spec: impl Into<NetworkSpec>, size: u32) -> ModelCard {
    let spec = spec.into();
    let classes = usize::try_from(spec.classes()).unwrap();
    models::card(weights, Architecture::Network(spec), classes, size)
}

/// A model of generated parameters.
fn model(spec: impl Into<NetworkSpec>, size: u32) -> Model {
    let spec = spec.into();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    parameters::write(&path, &spec);
    Model::load(&card(path, spec, size), Compute::default()).unwrap()
}

fn assert_near(name: &str, found: &[Vec<f32>], expected: &[Vec<f32>]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let distance = distance(found, expected);
        println!("{name}: relative error {distance:.2e}");
        assert!(distance <= TOLERANCE, "{name}: {distance}");
    }
}

/// Most memory that this process ever had resident, in MiB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib / 1024)
}

/// Compares logits and explanations with those of torchvision and PyTorch.
fn assert_like_torchvision(name: &str, model: &Model, reference: &Reference) {
    let pictures = [parameters::picture(0, 64), parameters::picture(1, 64)];
    let logits = model.logits(&pictures).unwrap();
    assert_near(name, &logits, &reference.logits);
    // The answer does not depend on who else is in the batch.
    let alone = model.logits(&pictures[1..]).unwrap();
    assert!(distance(&alone[0], &logits[1]) < 1e-5);
    assert!(!reference.grad_cam.is_empty());
    for expected in &reference.grad_cam {
        let progress = &mut |_, _| ControlFlow::Continue(());
        let found = model.explain(&pictures[0], expected.class, Method::GradCam, progress).unwrap();
        assert_eq!((found.width, found.height), (expected.width, expected.height));
        let distance = distance(&found.weights, &expected.weights);
        println!("{name}: relative error of the heat map {distance:.2e}");
        assert!(distance <= TOLERANCE, "{name}: {distance}");
    }
}

/// Protects the order of layers, the folding of batch normalisations, batches of several pictures
/// and the gradients.
#[test]
fn small_network_agrees_with_torchvision() {
    let reference = serde_json::from_str(include_str!("reference/small.json")).unwrap();
    assert_like_torchvision("small", &model(small_spec(), 64), &reference);
}

/// Protects the same for residual networks: both kinds of block, strides and shortcuts.
#[test]
fn residual_networks_agree_with_torchvision() {
    for (depth, reference) in [
        (18, include_str!("reference/resnet18.json")),
        (34, include_str!("reference/resnet34.json")),
        (50, include_str!("reference/resnet50.json")),
    ] {
        let spec = ResNetSpec::of_depth(depth, 10).unwrap();
        let name = spec.name();
        assert_eq!(name, format!("resnet{depth}"));
        assert_like_torchvision(&name, &model(spec, 64), &serde_json::from_str(reference).unwrap());
    }
}

/// Protects the list of parameters: the sizes are those that torchvision states.
#[test]
fn networks_have_the_parameters_of_torchvision() {
    let count = |spec: &NetworkSpec| -> i64 {
        let layout = spec.layout();
        let trained = layout.iter().filter(|(key, ..)| !key.contains("running"));
        trained.map(|(_, shape, _)| shape.iter().product::<i64>()).sum()
    };
    for (depth, expected) in [(18, 11_689_512), (34, 21_797_672), (50, 25_557_032)] {
        assert_eq!(count(&ResNetSpec::of_depth(depth, 1000).unwrap().into()), expected);
    }
    for (depth, batch_norm, expected) in [
        (11, false, 132_863_336),
        (13, false, 133_047_848),
        (16, false, 138_357_544),
        (19, false, 143_667_240),
        (11, true, 132_868_840),
        (13, true, 133_053_736),
        (16, true, 138_365_992),
        (19, true, 143_678_248),
    ] {
        let spec = NetworkSpec::from(VggSpec::of_depth(depth, batch_norm, 1000).unwrap());
        assert_eq!(count(&spec), expected, "{}", spec.name());
    }
}

/// Protects the real thing at full size: file, loader, layout in memory and 138 million numbers.
#[test]
fn full_size_vgg16() {
    let reference: Reference = serde_json::from_str(include_str!("reference/vgg16.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vgg16.safetensors");
    let spec = VggSpec::of_depth(16, false, 1000).unwrap();
    let start = Instant::now();
    parameters::write(&path, &spec.clone().into());
    println!("written in {:?}", start.elapsed());
    let start = Instant::now();
    let model = Model::load(&card(path, spec, 224), Compute::default()).unwrap();
    println!("loaded and warmed up in {:?}", start.elapsed());
    let picture = parameters::picture(0, 224);
    let start = Instant::now();
    let logits = model.logits(&[picture]).unwrap();
    println!("answered in {:?}; peak memory {:?} MiB", start.elapsed(), peak_memory());
    assert_near("VGG-16", &logits, &reference.logits);
}

/// Rewrites one tensor of a generated file.
fn overwrite(path: &Path, key: &str, value: f32) {
    let mut bytes = std::fs::read(path).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let data = file.tensor(key).unwrap().data();
    let offset = data.as_ptr() as usize - bytes.as_ptr() as usize;
    let range = offset..offset + data.len();
    for number in bytes[range].chunks_exact_mut(4) {
        number.copy_from_slice(&value.to_le_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

/// Protects the answer: finite weights can still overflow, and that is an error, not a label.
#[test]
fn overflow_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.safetensors");
    let spec = VggSpec { batch_norm: false, ..small_spec() };

    // Overflows with any picture.
    parameters::write(&path, &spec.clone().into());
    overwrite(&path, "classifier.0.bias", 1e20);
    overwrite(&path, "classifier.3.weight", 1e20);
    let error = Model::load(&card(path.clone(), spec.clone(), 64), Compute::default()).unwrap_err();
    let LoadError::WarmUp { source, .. } = error else { panic!("{error}") };
    assert!(matches!(source, ModelError::NotFinite { index: 0 }), "{source}");

    // Overflows with a bright picture only.
    parameters::write(&path, &spec.clone().into());
    for (key, ..) in NetworkSpec::from(spec.clone()).layout() {
        overwrite(&path, &key, if key.ends_with("bias") { 0.0 } else { 1e5 });
    }
    let model = Model::load(&card(path, spec, 64), Compute::default()).unwrap();
    let pictures = [vec![0.0; 64 * 64 * 3], vec![1.0; 64 * 64 * 3]];
    let error = model.logits(&pictures).unwrap_err();
    assert!(matches!(error, ModelError::NotFinite { index: 1 }), "{error}");
}

/// Protects the worker from batches that were put together wrongly.
#[test]
fn wrong_batches_are_errors() {
    let model = model(small_spec(), 64);
    assert!(matches!(model.logits(&[]), Err(ModelError::Empty)));
    let short = [vec![0.0; 64 * 64 * 3], vec![0.0; 5]];
    let error = model.logits(&short).unwrap_err();
    assert!(matches!(error, ModelError::Length { index: 1, expected: 12288, found: 5 }), "{error}");
}

/// Protects a card's author: logits that are taken for probabilities would be shown as 100 %.
#[test]
fn logits_are_no_probabilities() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.safetensors");
    parameters::write(&path, &small_spec().into());
    let mut card = card(path, small_spec(), 64);
    card.output = Output { kind: OutputKind::Probabilities, temperature: 1.0 };
    let error = Model::load(&card, Compute::default()).unwrap_err();
    assert!(matches!(error, LoadError::NotProbabilities { .. }), "{error}");
    assert!(error.to_string().contains("`kind = \"logits\"` in `[output]`"), "{error}");
}

/// Protects start-up: without the file the error names the model and the path.
#[test]
fn absent_weights_are_an_error() {
    let error = Model::load(
        &card("/nowhere/model.safetensors".into(), small_spec(), 64),
        Compute::default(),
    )
    .unwrap_err();
    assert!(error.to_string().contains("generated"), "{error}");
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.to_string().contains("/nowhere/model.safetensors"), "{source}");
}
