//! The same network in other numbers, and on other sizes of batches.

#![allow(clippy::unwrap_used)]

#[path = "support/generator.rs"]
mod generator;
#[path = "support/logits.rs"]
mod logits;
#[path = "support/models.rs"]
mod models;
#[path = "support/parameters.rs"]
mod parameters;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use logits::distance;
use vision::card::{Architecture, ModelCard};
use vision::compute::{Compute, ComputeError, DeviceChoice, Precision, PrecisionChoice};
use vision::explain::Method;
use vision::model::Model;
use vision::network::{NetworkSpec, ResNetSpec, VggSpec};

/// Largest `|difference| / |logits|`: `bf16` resolves 4e-3, and a few layers round a few times.
const TOLERANCE: f64 = 0.03;

fn specs() -> [NetworkSpec; 2] {
    let vgg = VggSpec {
        stages: vec![vec![16], vec![32], vec![32, 32]],
        batch_norm: true,
        grid: 2,
        hidden: vec![24],
        classes: 10,
    };
    [vgg.into(), ResNetSpec::of_depth(18, 10).unwrap().into()]
}

/// The card of a generated model, and the folder that it is in.
fn generate(spec: &NetworkSpec) -> (tempfile::TempDir, ModelCard) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    parameters::write(&path, spec);
    (folder, models::card(path, Architecture::Network(spec.clone()), 10, 64))
}

fn bf16() -> Option<Compute> {
    let precision = PrecisionChoice::Fixed(Precision::Bf16);
    Compute::decide(DeviceChoice::Cpu, precision, NonZeroUsize::MIN).ok()
}

/// Protects who turns to `bf16` for its speed from wrong answers. A processor without AVX-512
/// refuses it, which is the other right answer.
#[test]
fn bf16_is_near_f32_where_the_processor_has_it() {
    if let Some(bf16) = bf16() {
        is_near_f32(bf16);
    }
}

/// The same for a graphics processor, in all of its numbers. A libtorch without CUDA finds none.
#[test]
fn cuda_is_near_the_processor_where_there_is_one() {
    for precision in [Precision::F32, Precision::Bf16, Precision::F16] {
        let precision = PrecisionChoice::Fixed(precision);
        match Compute::decide(DeviceChoice::Cuda(0), precision, NonZeroUsize::MIN) {
            Ok(cuda) => is_near_f32(cuda),
            Err(error) => {
                assert!(matches!(error, ComputeError::NoCuda { found: 0, .. }), "{error}");
            }
        }
    }
}

fn is_near_f32(compute: Compute) {
    for spec in specs() {
        let (_folder, card) = generate(&spec);
        let exact = Model::load(&card, Compute::default()).unwrap();
        let near = Model::load(&card, compute).unwrap();
        assert_eq!(near.compute(), compute);
        let batch = [parameters::picture(0, 64), parameters::picture(1, 64)];
        let (exact, near) = (exact.logits(&batch).unwrap(), near.logits(&batch).unwrap());
        assert_ne!(exact, near, "{}: the numbers are other ones", spec.name());
        for (near, exact) in near.iter().zip(&exact) {
            let distance = distance(near, exact);
            assert!(distance < TOLERANCE, "{}: {distance}", spec.name());
        }
    }
}

/// Protects the heat map: packed kernels have no gradient, so others take their place for it.
#[test]
fn bf16_explains_like_f32_where_the_processor_has_it() {
    let Some(bf16) = bf16() else { return };
    for spec in specs() {
        let (_folder, card) = generate(&spec);
        let map = |compute| {
            let model = Model::load(&card, compute).unwrap();
            let picture = parameters::picture(0, 64);
            let go_on = &mut |_, _| ControlFlow::Continue(());
            model.explain(&picture, 3, Method::GradCam, go_on).unwrap().weights
        };
        let distance = distance(&map(bf16), &map(Compute::default()));
        // Gradients of random weights hang on the sign of numbers near zero. Unlike maps are at 1.
        assert!(distance < 0.3, "{}: {distance}", spec.name());
    }
}

/// Protects pictures from the company that they happen to have.
#[test]
fn an_answer_does_not_depend_on_the_batch() {
    for spec in specs() {
        let (_folder, card) = generate(&spec);
        let model = Model::load(&card, Compute::default()).unwrap();
        let batch: Vec<_> = (0..8).map(|seed| parameters::picture(seed, 64)).collect();
        let together = model.logits(&batch).unwrap();
        for (picture, together) in batch.into_iter().zip(together) {
            let alone = model.logits(&[picture]).unwrap().remove(0);
            let distance = distance(&alone, &together);
            assert!(distance < 1e-4, "{}: {distance}", spec.name());
        }
    }
}

#[test]
fn a_warm_up_takes_any_size() {
    let (_folder, card) = generate(&specs()[0]);
    let model = Model::load(&card, Compute::default()).unwrap();
    for size in [1, 2, 8] {
        model.warm_up(size).unwrap();
    }
    assert!(model.warm_up(0).is_err());
}
