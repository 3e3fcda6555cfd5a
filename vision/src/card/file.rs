//! `model.toml` as it is written: every key, and nothing else.

use std::num::NonZeroUsize;

use serde::Deserialize;

use crate::prediction::OutputKind;
use crate::preprocess::{ChannelOrder, Interpolation, Scale};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Card {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) licence: String,
    pub(super) fallback: Option<String>,
    pub(super) max_batch: Option<NonZeroUsize>,
    pub(super) architecture: Architecture,
    pub(super) input: Input,
    pub(super) labels: Labels,
    #[serde(default)]
    pub(super) output: Output,
    pub(super) weights: Weights,
    #[serde(default)]
    pub(super) examples: Vec<Example>,
}

/// The network. All keys but `kind` are for VGG, and all but `batch_norm` for `kind = "vgg"`;
/// otherwise depth and widths are those of the paper.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Architecture {
    pub(super) kind: Kind,
    pub(super) batch_norm: Option<bool>,
    pub(super) stages: Option<Vec<Vec<i64>>>,
    pub(super) hidden: Option<Vec<i64>>,
    pub(super) grid: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Vgg,
    Vgg11,
    Vgg13,
    Vgg16,
    Vgg19,
    Resnet18,
    Resnet34,
    Resnet50,
    Torchscript,
}

/// How pictures are prepared: a preset, or every key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pub(super) size: u32,
    pub(super) preset: Option<Preset>,
    pub(super) resize: Option<Resize>,
    /// Length of the short side, for `resize = "short-side"`.
    pub(super) short_side: Option<u32>,
    pub(super) interpolation: Option<Interpolation>,
    pub(super) channels: Option<ChannelOrder>,
    pub(super) scale: Option<Scale>,
    pub(super) mean: Option<[f32; 3]>,
    pub(super) std: Option<[f32; 3]>,
    #[serde(default = "yes")]
    pub(super) orientation: bool,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Preset {
    Torchvision,
    CaffeSquash,
    KerasCaffe,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Resize {
    ShortSide,
    Squash,
}

/// Labels: a file with one on each line, or a list that comes with the program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Labels {
    pub(super) file: Option<String>,
    pub(super) builtin: Option<Builtin>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Builtin {
    Imagenet,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    #[serde(default)]
    pub(super) kind: OutputKind,
    pub(super) temperature: Option<f32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Weights {
    pub(super) file: String,
    pub(super) sha256: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Example {
    pub(super) file: String,
    pub(super) title: String,
    pub(super) credit: String,
    pub(super) licence: String,
}

fn yes() -> bool {
    true
}
