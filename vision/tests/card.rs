//! Model cards: what is accepted, and that every mistake is named with its file and key.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use vision::card::{Architecture, CardError, ModelCard};
use vision::network::{ResNetSpec, VggSpec};
use vision::prediction::{Output, OutputKind};
use vision::preprocess::{ChannelOrder, Interpolation, Preprocess, ResizeRule, Scale};

const SMALL: &str = r#"
name = "flags"
title = "Flags"
description = "Tells flags apart."
licence = "CC0"

[architecture]
kind = "vgg"
stages = [[24, 24], [48, 48]]
batch_norm = true
hidden = [256]
grid = 4

[input]
size = 32
resize = "short-side"
short_side = 36
interpolation = "bicubic"
channels = "bgr"
scale = "unit"
mean = [0.1, 0.2, 0.3]
std = [0.4, 0.5, 0.6]
orientation = false

[labels]
file = "labels.txt"

[output]
temperature = 1.5

[weights]
file = "model.safetensors"

[[examples]]
file = "pictures/one.png"
title = "One"
credit = "Nobody"
licence = "CC0"
"#;

/// Reads a card from a folder `flags` that has labels and one example.
fn load(card: &str) -> Result<ModelCard, CardError> {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("flags");
    std::fs::create_dir_all(folder.join("pictures")).unwrap();
    std::fs::write(folder.join("pictures/one.png"), b"not looked at").unwrap();
    std::fs::write(folder.join("labels.txt"), "Österreich\nČesko\nJapan\nJapan\n").unwrap();
    std::fs::write(folder.join("gap.txt"), "one\n\nthree\n").unwrap();
    std::fs::write(folder.join("single.txt"), "one\n").unwrap();
    std::fs::write(folder.join("latin1.txt"), b"\xD6sterreich\nJapan\n").unwrap();
    std::fs::write(folder.join("model.toml"), card).unwrap();
    ModelCard::load(&folder)
}

/// Protects the meaning of every key.
#[test]
fn a_full_card_is_read() {
    let card = load(SMALL).unwrap();
    assert_eq!(card.labels, ["Österreich", "Česko", "Japan", "Japan"]);
    let stages = vec![vec![24, 24], vec![48, 48]];
    let spec = VggSpec { stages, batch_norm: true, grid: 4, hidden: vec![256], classes: 4 };
    assert_eq!(card.architecture, Architecture::Network(spec.into()));
    let preprocess = Preprocess {
        size: 32,
        resize: ResizeRule::ShortSide(36),
        interpolation: Interpolation::Bicubic,
        channels: ChannelOrder::Bgr,
        scale: Scale::Unit,
        mean: [0.1, 0.2, 0.3],
        std: [0.4, 0.5, 0.6],
    };
    assert_eq!(card.preprocess, preprocess);
    assert!(!card.orientation);
    assert_eq!(card.output, Output { kind: OutputKind::Logits, temperature: 1.5 });
    assert_eq!(card.examples[0].title, "One");
    assert!(!card.weights_present());
}

/// Protects the card that comes with the program.
#[test]
fn the_card_of_vgg_is_read() {
    let card =
        ModelCard::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/vgg")).unwrap();
    let spec = VggSpec::of_depth(16, false, 1000).unwrap();
    assert_eq!(card.architecture, Architecture::Network(spec.into()));
    assert_eq!(card.architecture.name(), "vgg16");
    assert_eq!(card.preprocess, Preprocess::torchvision(224));
    assert!(card.orientation);
    assert_eq!(card.labels[281], "tabby, tabby cat");
    assert_eq!(card.output, Output::default());
    assert_eq!(card.examples.len(), 3);
}

/// The card with another network.
fn with_architecture(architecture: &str) -> String {
    let start = SMALL.find("[architecture]").unwrap();
    let end = SMALL.find("[input]").unwrap();
    format!("{}[architecture]\n{architecture}\n{}", &SMALL[..start], &SMALL[end..])
}

/// Protects the other families: their shape is their name's.
#[test]
fn other_networks_are_read() {
    for (kind, depth) in [("resnet18", 18), ("resnet34", 34), ("resnet50", 50)] {
        let card = load(&with_architecture(&format!("kind = \"{kind}\""))).unwrap();
        let spec = ResNetSpec::of_depth(depth, 4).unwrap();
        assert_eq!(card.architecture, Architecture::Network(spec.into()));
        assert_eq!(card.architecture.name(), kind);
    }
    let script = with_architecture("kind = \"torchscript\"")
        .replace("model.safetensors", "model.pt")
        .replace("temperature = 1.5", "kind = \"probabilities\"")
        .replace("interpolation = \"bicubic\"", "interpolation = \"nearest\"");
    let card = load(&script).unwrap();
    assert_eq!(card.architecture, Architecture::TorchScript);
    assert_eq!(card.architecture.name(), "torchscript");
    assert_eq!(card.output, Output { kind: OutputKind::Probabilities, temperature: 1.0 });
    assert_eq!(card.preprocess.interpolation, Interpolation::Nearest);
    let preset = |name| {
        let start = script.find("resize = ").unwrap();
        let end = script.find("orientation = ").unwrap();
        load(&format!("{}preset = \"{name}\"\n{}", &script[..start], &script[end..]))
    };
    assert_eq!(preset("keras-caffe").unwrap().preprocess, Preprocess::keras_caffe(32));
    assert_eq!(preset("caffe-squash").unwrap().preprocess, Preprocess::caffe_squash(32));
}

/// Protects the author of a card with another network; and everybody from fetched code.
#[test]
fn mistakes_of_other_networks_are_named() {
    let cases = [
        ("kind = \"resnet18\"\ngrid = 4", "", "", "`architecture.grid` is only for kind"),
        (
            "kind = \"resnet50\"\nbatch_norm = true",
            "",
            "",
            "`architecture.batch_norm` is only for the kinds of VGG",
        ),
        ("kind = \"resnet18\"", "size = 32", "size = 31", "`input.size` is too small"),
        (
            "kind = \"resnet18\"",
            "model.safetensors",
            "model.pt",
            "`weights.file` must be a .safetensors file",
        ),
        ("kind = \"torchscript\"", "", "", "`weights.file` must be a .pt file"),
        (
            "kind = \"torchscript\"",
            "\"model.safetensors\"",
            "\"model.pt\"\nurl = \"https://example.org/model.pt\"",
            "`weights.url` must not be given: TorchScript is code",
        ),
        (
            "kind = \"resnet18\"",
            "temperature = 1.5",
            "kind = \"probabilities\"\ntemperature = 1.5",
            "`output.temperature` must be 1 or absent",
        ),
        ("kind = \"resnet18\"", "temperature = 1.5", "kind = \"odds\"", "unknown variant `odds`"),
    ];
    for (architecture, from, to, expected) in cases {
        let card = with_architecture(architecture);
        let card = if from.is_empty() { card } else { card.replacen(from, to, 1) };
        let message = load(&card).unwrap_err().to_string();
        assert!(message.contains(expected), "{architecture} {to}: {message}");
    }
}

/// Protects the author of a card: each mistake gives a message with the file and the key.
#[test]
fn every_mistake_is_named() {
    let cases = [
        ("name = \"flags\"", "name = \"Flags\"", "`name` must match"),
        ("name = \"flags\"", "name = \"other\"", "`name` is \"other\", but must be the folder's"),
        ("title = \"Flags\"", "title = \" \"", "`title` must not be empty"),
        ("title = \"Flags\"", "", "missing field `title`"),
        ("licence = \"CC0\"\n\n[arch", "license = \"CC0\"\n\n[arch", "unknown field `license`"),
        ("hidden = [256]", "hiden = [256]", "unknown field `hiden`"),
        ("[labels]", "fallback = \"flags\"\n[labels]", "unknown field `fallback`"),
        (
            "licence = \"CC0\"\n\n[a",
            "licence = \"CC0\"\nfallback = \"flags\"\n[a",
            "`fallback` must be",
        ),
        ("kind = \"vgg\"", "kind = \"resnet\"", "unknown variant `resnet`"),
        ("kind = \"vgg\"", "kind = \"vgg16\"", "`architecture.stages` is only for kind"),
        ("grid = 4", "", "`architecture.grid` is missing"),
        ("grid = 4", "grid = 9", "`architecture.grid` is 9, but pictures of 32 pixels end as 8"),
        ("grid = 4", "grid = 0", "`architecture.grid` must be from 1"),
        ("[[24, 24], [48, 48]]", "[[24, 24], []]", "`architecture.stages` must be"),
        ("[[24, 24], [48, 48]]", "[[24, -1]]", "`architecture.stages` must be"),
        ("[[24, 24], [48, 48]]", "[[1],[1],[1],[1],[1],[1]]", "`input.size` is too small"),
        ("hidden = [256]", "hidden = [0]", "`architecture.hidden` must be"),
        ("size = 32", "size = 0", "`input.size` must be from 1"),
        ("short_side = 36", "short_side = 31", "`input` is impossible: the short side"),
        ("short_side = 36", "", "`input.short_side` is missing"),
        ("resize = \"short-side\"", "resize = \"squash\"", "`input.short_side` is only for"),
        ("scale = \"unit\"", "", "`input.scale` is missing"),
        ("scale = \"unit\"", "preset = \"torchvision\"", "`input.resize` contradicts"),
        ("std = [0.4, 0.5, 0.6]", "std = [0.4, 0.0, 0.6]", "`input` is impossible: the standard"),
        ("mean = [0.1, 0.2, 0.3]", "mean = [0.1, 0.2]", "invalid length 2"),
        ("file = \"labels.txt\"", "", "`labels` must have either"),
        ("\"labels.txt\"", "\"labels.txt\"\nbuiltin = \"imagenet\"", "`labels` must have either"),
        ("\"labels.txt\"", "\"gap.txt\"", "`labels.file` names \"gap.txt\", whose line 2 is empty"),
        ("\"labels.txt\"", "\"single.txt\"", "`labels.file` names \"single.txt\", which has fewer"),
        ("\"labels.txt\"", "\"latin1.txt\"", "`labels.file` names \"latin1.txt\", which cannot"),
        ("\"labels.txt\"", "\"../flags/labels.txt\"", "`labels.file` must be a relative path"),
        ("temperature = 1.5", "temperature = 0.0", "`output.temperature` must be"),
        ("temperature = 1.5", "temperature = nan", "`output.temperature` must be"),
        (
            "\"model.safetensors\"",
            "\"/etc/model.safetensors\"",
            "`weights.file` must be a relative",
        ),
        ("\"model.safetensors\"", "\"model.pt\"", "`weights.file` must be a .safetensors"),
        (
            "\"model.safetensors\"",
            "\"a.safetensors\"\nsha256 = \"12\"",
            "`weights.sha256` must have",
        ),
        ("\"model.safetensors\"", "\"a.safetensors\"\nurl = \"http://a\"", "`weights.url` must be"),
        (
            "\"pictures/one.png\"",
            "\"two.png\"",
            "`examples.0.file` names \"two.png\", which is absent",
        ),
        ("credit = \"Nobody\"", "", "missing field `credit`"),
    ];
    for (from, to, expected) in cases {
        assert_eq!(SMALL.matches(from).count(), 1, "the test changes one place: {from}");
        let message = load(&SMALL.replace(from, to)).unwrap_err().to_string();
        assert!(message.contains(expected), "{to:?}: {message}");
        assert!(message.contains("model.toml"), "{message}");
    }
    let absent = ModelCard::load(Path::new("/nowhere")).unwrap_err();
    assert!(absent.to_string().contains("/nowhere/model.toml"), "{absent}");
}
