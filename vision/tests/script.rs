//! TorchScript modules: which are taken, and that the others are refused with what is wrong.

#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use vision::card::{Architecture, ModelCard};
use vision::compute::Compute;
use vision::explain::{ExplainError, Method};
use vision::model::{LoadError, Model};
use vision::prediction::{Output, OutputKind};
use vision::script::ScriptError;
use vision::weights::{Fingerprint, WeightsError};

const SIZE: usize = 16;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/scripts/{name}.pt"))
}

fn card(name: &str) -> ModelCard {
    models::card(file(name), Architecture::TorchScript, 5, SIZE as u32)
}

/// The picture of `scripts/generate.py`.
fn picture() -> Vec<f32> {
    let n = SIZE * SIZE * 3;
    (0..n).map(|i| -2.0 + 4.0 * i as f32 / (n - 1) as f32).collect()
}

fn refused(card: &ModelCard) -> ScriptError {
    match Model::load(card, Compute::default()).unwrap_err() {
        LoadError::Script { name, source } => {
            assert_eq!(name, "generated");
            source
        }
        other => panic!("{other}"),
    }
}

/// Protects the numbers: evaluation mode, memory in rows, and answers that do not depend on who
/// else is in the batch, also for modules that were made for one picture.
#[test]
fn modules_say_what_they_say_in_python() {
    let expected: BTreeMap<String, Vec<f32>> =
        serde_json::from_str(include_str!("scripts/expected.json")).unwrap();
    let names = ["good", "traced", "fixed-batch", "mixing", "probabilities"];
    for name in names {
        let model = Model::load(&card(name), Compute::default()).unwrap();
        let answers = model.logits(&[vec![0.5; SIZE * SIZE * 3], picture(), picture()]).unwrap();
        assert_eq!(answers.len(), 3, "{name}");
        let expected = &expected[if name == "traced" { "good" } else { name }];
        for answer in &answers[1..] {
            for (found, expected) in answer.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-5, "{name}: {answer:?}");
            }
        }
        assert_ne!(answers[0], answers[1], "{name}");
    }
}

/// Protects the operator: what is wrong is said before the first request.
#[test]
fn other_modules_are_refused() {
    for (name, expected) in [
        ("tuple", "the module returns a tuple, but must return one tensor"),
        ("dict", "the module returns a dict, but must return one tensor"),
        ("map", "a tensor of shape [1, 4, 4, 4] for one picture, but must return [1, 5]"),
        ("indices", "numbers of kind Int64"),
        ("state-dict", "not a TorchScript module"),
    ] {
        let message = refused(&card(name)).to_string();
        assert!(message.contains(expected), "{name}: {message}");
        assert!(!message.contains('\n'), "{name}: {message}");
    }
    let seven = models::card(file("good"), Architecture::TorchScript, 7, SIZE as u32);
    assert_eq!(
        refused(&seven).to_string(),
        "the module returns 5 numbers for a picture, but the card has 7 labels"
    );
    let large = models::card(file("good"), Architecture::TorchScript, 5, 64);
    let message = refused(&large).to_string();
    assert!(message.contains("fails on a picture of shape (1, 3, 64, 64): "), "{message}");
    assert!(message.contains("mat1 and mat2 shapes cannot be multiplied"), "{message}");
    assert!(!message.contains('\n'), "{message}");
    let error = Model::load(&card("broken"), Compute::default()).unwrap_err();
    assert!(matches!(error, LoadError::WarmUp { .. }), "{error}");
    assert!(error.source().unwrap().to_string().contains("not finite"), "{error}");
}

/// Protects the process: libtorch runs no file that is not the one that the card means.
#[test]
fn the_file_is_checked_before_it_is_run() {
    let mut card = card("good");
    card.weights.fingerprint = Fingerprint { sha256: Some("0".repeat(64)), size: None };
    let error = refused(&card);
    assert!(matches!(error, ScriptError::File(WeightsError::Digest { .. })), "{error}");
    card.weights.path = file("absent");
    let error = refused(&card);
    assert!(matches!(error, ScriptError::File(WeightsError::Io { .. })), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(file("good")).unwrap();
    card.weights.fingerprint = Fingerprint::default();
    card.weights.path = folder.path().join("cut.pt");
    for end in [0, 1, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&card.weights.path, &whole[..end]).unwrap();
        let error = refused(&card);
        let expected = matches!(error, ScriptError::Module { .. } | ScriptError::File(_));
        assert!(expected, "{end}: {error}");
    }
}

/// Protects modules with a softmax of their own from a second one.
#[test]
fn probabilities_are_taken_as_they_are() {
    let mut card = card("probabilities");
    card.output = Output { kind: OutputKind::Probabilities, temperature: 1.0 };
    let raw =
        Model::load(&card, Compute::default()).unwrap().logits(&[picture()]).unwrap().remove(0);
    let probabilities = card.output.probabilities(&raw);
    assert_eq!(raw, probabilities);
    assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    card.weights.path = file("good");
    let error = Model::load(&card, Compute::default()).unwrap_err();
    assert!(matches!(error, LoadError::NotProbabilities { .. }), "{error}");
}

/// Protects explanations of modules: their layers are not known, so only occlusion is possible.
#[test]
fn modules_are_explained_by_occlusion() {
    let model = Model::load(&card("good"), Compute::default()).unwrap();
    let mut steps = Vec::new();
    let mut note = |done, total| {
        steps.push((done, total));
        ControlFlow::Continue(())
    };
    let auto = model.explain(&picture(), 1, Method::Auto, &mut note).unwrap();
    let asked = model
        .explain(&picture(), 1, Method::Occlusion, &mut |_, _| ControlFlow::Continue(()))
        .unwrap();
    assert_eq!(auto, asked);
    assert_eq!((auto.width, auto.height, auto.weights.len()), (14, 14, 196));
    // One picture as it is, and 196 in batches of 8.
    assert_eq!(steps, (0..=26).map(|done| (done, 26)).collect::<Vec<_>>());
    let error = model
        .explain(&picture(), 1, Method::GradCam, &mut |_, _| ControlFlow::Continue(()))
        .unwrap_err();
    assert!(matches!(error, ExplainError::Unsupported), "{error}");
    let stop = &mut |done, _| {
        assert!(done < 4);
        if done == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let error = model.explain(&picture(), 1, Method::Auto, stop).unwrap_err();
    assert!(matches!(error, ExplainError::Cancelled), "{error}");
    let error = model
        .explain(&picture(), 5, Method::Auto, &mut |_, _| ControlFlow::Continue(()))
        .unwrap_err();
    assert_eq!(error.to_string(), "there is no class 5: the model has 5, counted from 0");
}
