//! The folder of the new model: its card, and that it is whole or not there.

use std::fs;

use importer::preparation::Preset;
use tempfile::TempDir;
use vision::{card::ModelCard, preprocess::Preprocess};

use crate::support::{answer, failure, file, names, run, settings};

#[test]
fn a_card_says_what_was_found_and_what_was_said() {
    let models = TempDir::new().unwrap();
    let mut settings = settings(file("batch_norm.pth"), &models);
    settings.title = Some("A \"small\" one".to_owned());
    settings.licence = Some("MIT".to_owned());
    settings.example = Some(file("picture.png"));
    settings.preparation.size = Some(8);
    let (said, result) = run(&settings);
    let folder = result.unwrap();
    assert!(said.contains("vgg-5") && said.contains("check: in"), "{said}");
    let card = ModelCard::load(&folder).unwrap();
    assert_eq!((card.title.as_str(), card.licence.as_str()), ("A \"small\" one", "MIT"));
    assert_eq!(card.preprocess, Preprocess::torchvision(8));
    assert!(card.weights.fingerprint.sha256.is_some() && card.weights.fingerprint.size.is_some());
    assert_eq!(card.labels.len(), 7);
    assert_eq!(names(&folder), ["examples", "labels.txt", "model.safetensors", "model.toml"]);
    assert_eq!(card.examples[0].path, folder.join("examples/example.png"));
    assert_eq!(names(models.path()), ["made"]);
}

#[test]
fn preparation_is_as_it_was_said() {
    let models = TempDir::new().unwrap();
    let mut settings = settings(file("state.pth"), &models);
    settings.preparation.preset = Some(Preset::CaffeSquash);
    settings.preparation.size = Some(16);
    settings.preparation.mean = Some([1.5, 0.1, 3.0]);
    settings.preparation.short_side = Some(20);
    let (said, result) = run(&settings);
    assert!(said.contains("a way of their own"), "{said}");
    let found = ModelCard::load(&result.unwrap()).unwrap().preprocess;
    let expected = Preprocess {
        mean: [1.5, 0.1, 3.0],
        resize: vision::preprocess::ResizeRule::ShortSide(20),
        ..Preprocess::caffe_squash(16)
    };
    assert_eq!(found, expected);
    settings.preparation.size = Some(30);
    settings.force = true;
    assert!(failure(&settings).contains("short side"));
}

#[test]
fn a_model_is_replaced_only_by_force_and_only_by_one_that_works() {
    let models = TempDir::new().unwrap();
    let mut first = settings(file("state.pth"), &models);
    first.preparation.size = Some(8);
    let folder = run(&first).1.unwrap();
    fs::write(folder.join("mark"), "old").unwrap();
    let before = answer(&folder);

    assert!(failure(&first).contains("--force"));
    let mut broken = settings(file("bomb.h5"), &models);
    broken.force = true;
    failure(&broken);
    // Two runs of one network may take another number of threads, and round otherwise.
    assert!(answer(&folder).iter().zip(&before).all(|(now, then)| (now - then).abs() < 1e-4));

    let mut second = settings(file("batch_norm.pth"), &models);
    second.force = true;
    run(&second).1.unwrap();
    assert!(!folder.join("mark").exists());
    assert_eq!(names(models.path()), ["made"]);
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    let models = TempDir::new().unwrap();
    for name in ["../made", "", ".hidden", "Made", "a/b"] {
        let mut settings = settings(file("state.pth"), &models);
        settings.name = name.to_owned();
        assert!(failure(&settings).contains("--as"), "{name}");
    }
    let mut settings = settings(file("state.pth"), &models);
    settings.models = "/no/such/folder".into();
    let words = run(&settings).1.unwrap_err().to_string();
    assert!(words.contains("/no/such/folder") && words.contains("--models"), "{words}");
}
