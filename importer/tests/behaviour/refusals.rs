//! What is refused, and in which words.

use std::{fs, path::Path};

use importer::Kernels;
use tempfile::TempDir;

use crate::support::{failure, file, run, settings};

/// The words of a refusal of one of the files.
fn refused(name: &str) -> String {
    let models = TempDir::new().unwrap();
    failure(&settings(file(name), &models))
}

/// Protects against code in pickles: it is named and not run.
#[test]
fn a_pickle_that_would_run_a_command_is_refused_by_its_name() {
    let trace = Path::new("/tmp/vitrine-import-ran-this");
    let _ = fs::remove_file(trace);
    let words = refused("malicious.pth");
    assert!(words.contains("`posix.system`") && words.contains("not run"), "{words}");
    assert!(!trace.exists(), "the command was run");
}

#[test]
fn a_whole_pickled_model_is_refused_with_what_to_do() {
    let words = refused("whole_model.pth");
    assert!(words.contains("torch.nn.modules.linear.Linear"), "{words}");
    assert!(words.contains("state_dict()") && words.contains("torch.save"), "{words}");
}

#[test]
fn the_form_before_pytorch_1_6_is_refused_with_what_to_do() {
    let words = refused("old.pth");
    assert!(words.contains("before 1.6") && words.contains("torch.save"), "{words}");
}

#[test]
fn links_to_other_files_are_not_followed() {
    let words = refused("linked.h5");
    assert!(words.contains("kernel:0") && words.contains("not followed"), "{words}");
}

/// Protects memory: 3 kB that declare 64 GiB.
#[test]
fn a_file_that_declares_more_than_it_holds_is_refused() {
    assert!(refused("bomb.h5").contains("far more numbers"));
}

#[test]
fn an_orientation_that_nothing_tells_is_asked_for() {
    let models = TempDir::new().unwrap();
    for name in ["legacy_correlation.h5", "th_dim_ordering.h5"] {
        let words = failure(&settings(file(name), &models));
        assert!(words.contains("--kernels correlation"), "{words}");
    }
    let mut with = settings(file("state.pth"), &models);
    with.kernels = Some(Kernels::Correlation);
    assert!(failure(&with).contains("--kernels: is only for HDF5"));
}

#[test]
fn pools_that_nothing_tells_are_asked_for() {
    let words = refused("numbered.weights.h5");
    assert!(words.contains("--architecture") && words.contains("vgg:5/6,6"), "{words}");
}

#[test]
fn another_network_than_the_file_has_is_refused_with_both_shapes() {
    let models = TempDir::new().unwrap();
    let mut settings = settings(file("state.pth"), &models);
    settings.architecture = Some("vgg16".parse().unwrap());
    let words = failure(&settings);
    let both = "`features.0.weight` has shape 5x3x3x3, but the network needs 64x3x3x3";
    assert!(words.contains(both), "{words}");
    settings.architecture = Some("resnet18".parse().unwrap());
    assert!(failure(&settings).contains("holds a VGG"));
}

#[test]
fn labels_must_be_as_many_as_classes() {
    let models = TempDir::new().unwrap();
    let mut settings = settings(file("state.pth"), &models);
    settings.labels = None;
    let words = failure(&settings);
    assert!(words.contains("7 classes") && words.contains("--labels"), "{words}");
    let labels = models.path().join("labels.txt");
    fs::write(&labels, "a\nb\n").unwrap();
    settings.labels = Some(labels.clone());
    assert!(failure(&settings).contains("2 lines, but the network has 7 classes"));
    fs::write(&labels, "a\n\nb\n").unwrap();
    assert!(failure(&settings).contains("line 2 is empty"));
}

/// Protects against a card that lies about what comes out.
#[test]
fn a_module_that_gives_no_probabilities_is_not_imported_as_one_that_does() {
    let models = TempDir::new().unwrap();
    let mut settings = settings(file("module.pt"), &models);
    settings.probabilities = Some(true);
    assert!(failure(&settings).contains("no probability"));
    settings.probabilities = Some(false);
    run(&settings).1.unwrap();
}

#[test]
fn what_is_no_model_at_all_is_named() {
    let models = TempDir::new().unwrap();
    let path = models.path().join("file.h5");
    for (content, words) in [
        (&b"<!DOCTYPE html>"[..], "download it again"),
        (b"version https://git-lfs.github.com/spec/v1", "download it again"),
        (b"\x80\x04\x95", "bare pickle"),
        (b"", "what is read is"),
        (b"PK\x05\x06", "what is read is"),
    ] {
        fs::write(&path, content).unwrap();
        let said = failure(&settings(path.clone(), &models));
        assert!(said.contains(words), "{said}");
    }
    assert!(failure(&settings(models.path().to_owned(), &models)).contains("no regular file"));
}
