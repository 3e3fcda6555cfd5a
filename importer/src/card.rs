//! The text of `model.toml`.

use std::fmt::Write as _;

use toml::{Table, Value};
use vision::{
    network::NetworkSpec,
    preprocess::{ChannelOrder, Interpolation, Preprocess, ResizeRule, Scale},
};

use crate::{convert::Written, labels::Labels, preparation::Preset};

/// Everything that a card says.
#[derive(Debug)]
pub(crate) struct Card<'a> {
    pub(crate) name: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) licence: &'a str,
    /// `None` for TorchScript.
    pub(crate) network: Option<&'a NetworkSpec>,
    pub(crate) preprocess: &'a Preprocess,
    pub(crate) labels: &'a Labels,
    /// Whether the network itself ends with softmax.
    pub(crate) probabilities: bool,
    pub(crate) weights: &'a Written,
    /// The file name of the weights.
    pub(crate) file: &'a str,
    /// The file name of the example, if there is one, and what it is called.
    pub(crate) example: Option<(&'a str, &'a str)>,
}

impl Card<'_> {
    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |key: &str, value: &str| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{key} = {}", Value::from(value));
        };
        line("name", self.name);
        line("title", self.title);
        line("description", self.description);
        line("licence", self.licence);
        let section = |text: &mut String, name: &str, table: Table| {
            let _ = write!(text, "\n[{name}]\n{table}");
        };
        section(&mut text, "architecture", self.architecture());
        section(&mut text, "input", self.input());
        let labels = match self.labels {
            Labels::Imagenet => ("builtin", "imagenet"),
            Labels::Listed(_) => ("file", "labels.txt"),
        };
        section(&mut text, "labels", table([(labels.0, labels.1.into())]));
        if self.probabilities {
            section(&mut text, "output", table([("kind", "probabilities".into())]));
        }
        let weights = table([
            ("file", self.file.into()),
            ("sha256", self.weights.sha256.as_str().into()),
            ("size", Value::Integer(self.weights.size as i64)),
        ]);
        section(&mut text, "weights", weights);
        if let Some((file, title)) = self.example {
            let unknown = "unknown, ask who imported it";
            let example = table([
                ("file", format!("examples/{file}").into()),
                ("title", title.into()),
                ("credit", unknown.into()),
                ("licence", unknown.into()),
            ]);
            section(&mut text, "[examples]", example);
        }
        text
    }

    fn architecture(&self) -> Table {
        let Some(network) = self.network else { return table([("kind", "torchscript".into())]) };
        let NetworkSpec::Vgg(spec) = network else {
            return table([("kind", network.name().into())]);
        };
        let name = network.name();
        let mut architecture = match name.strip_suffix("_bn").unwrap_or(&name) {
            kind @ ("vgg11" | "vgg13" | "vgg16" | "vgg19") => table([("kind", kind.into())]),
            _ => {
                let stage = |stage: &Vec<i64>| Value::from(stage.clone());
                table([
                    ("kind", "vgg".into()),
                    ("stages", spec.stages.iter().map(stage).collect::<Vec<_>>().into()),
                    ("grid", spec.grid.into()),
                    ("hidden", spec.hidden.clone().into()),
                ])
            }
        };
        if spec.batch_norm {
            architecture.insert("batch_norm".to_owned(), true.into());
        }
        architecture
    }

    /// The preset, if there is one that says it all, or every key.
    fn input(&self) -> Table {
        let settings = self.preprocess;
        let size = ("size", Value::from(i64::from(settings.size)));
        if let Some(preset) = Preset::of(settings) {
            return table([size, ("preset", preset.name().into())]);
        }
        let words = words(settings);
        let numbers = |numbers: [f32; 3]| numbers.map(short).to_vec().into();
        let mut input = table([
            size,
            ("interpolation", words.interpolation.into()),
            ("channels", words.channels.into()),
            ("scale", words.scale.into()),
            ("mean", numbers(settings.mean)),
            ("std", numbers(settings.std)),
        ]);
        match settings.resize {
            ResizeRule::Squash => input.insert("resize".to_owned(), "squash".into()),
            ResizeRule::ShortSide(side) => {
                input.insert("short_side".to_owned(), i64::from(side).into());
                input.insert("resize".to_owned(), "short-side".into())
            }
        };
        input
    }
}

/// The words of a card for settings.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) interpolation: &'static str,
    pub(crate) channels: &'static str,
    pub(crate) scale: &'static str,
}

/// The words of a card for settings.
pub(crate) fn words(settings: &Preprocess) -> Words {
    Words {
        interpolation: match settings.interpolation {
            Interpolation::Nearest => "nearest",
            Interpolation::Bilinear => "bilinear",
            Interpolation::Bicubic => "bicubic",
        },
        channels: match settings.channels {
            ChannelOrder::Rgb => "rgb",
            ChannelOrder::Bgr => "bgr",
        },
        scale: match settings.scale {
            Scale::Unit => "unit",
            Scale::Byte => "byte",
        },
    }
}

/// The shortest number that is the same in 32 bits.
fn short(number: f32) -> Value {
    Value::Float(number.to_string().parse().unwrap_or_else(|_| number.into()))
}

fn table<const N: usize>(entries: [(&str, Value); N]) -> Table {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
