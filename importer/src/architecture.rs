//! `--architecture`, and the arrangements of VGG.

use std::{fmt, str::FromStr};

/// A network as it is named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Architecture {
    /// `vgg16`, `vgg16_bn` and their like.
    Vgg {
        /// Layers with weights.
        depth: u32,
        /// Whether batch normalisations follow the convolutions.
        batch_norm: bool,
    },
    /// `resnet18`, `resnet34`, `resnet50`.
    ResNet {
        /// Layers with weights.
        depth: u32,
    },
    /// `vgg:24/48,48/96,96`: convolutions of each stage, for the cases in which a file does not
    /// tell where the pools are.
    Stages(Vec<Vec<i64>>),
}

impl FromStr for Architecture {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || {
            format!(
                "{text:?} is not known; there are vgg11, vgg13, vgg16 and vgg19, each with _bn, \
                 resnet18, resnet34, resnet50, and vgg:24/48,48 for stages of other widths"
            )
        };
        if let Some(stages) = text.strip_prefix("vgg:") {
            let widths = |stage: &str| stage.split(',').map(|width| width.trim().parse()).collect();
            let stages = stages.split('/').map(widths).collect::<Result<_, _>>();
            return stages.map(Self::Stages).map_err(|_: std::num::ParseIntError| unknown());
        }
        let (name, batch_norm) = match text.strip_suffix("_bn") {
            Some(name) => (name, true),
            None => (text, false),
        };
        match (name, batch_norm) {
            ("vgg11", _) => Ok(Self::Vgg { depth: 11, batch_norm }),
            ("vgg13", _) => Ok(Self::Vgg { depth: 13, batch_norm }),
            ("vgg16", _) => Ok(Self::Vgg { depth: 16, batch_norm }),
            ("vgg19", _) => Ok(Self::Vgg { depth: 19, batch_norm }),
            ("resnet18", false) => Ok(Self::ResNet { depth: 18 }),
            ("resnet34", false) => Ok(Self::ResNet { depth: 34 }),
            ("resnet50", false) => Ok(Self::ResNet { depth: 50 }),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vgg { depth, batch_norm } => {
                write!(f, "vgg{depth}{}", if *batch_norm { "_bn" } else { "" })
            }
            Self::ResNet { depth } => write!(f, "resnet{depth}"),
            Self::Stages(stages) => {
                let stage = |widths: &Vec<i64>| {
                    widths.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
                };
                write!(f, "vgg:{}", stages.iter().map(stage).collect::<Vec<_>>().join("/"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for text in ["vgg11", "vgg16_bn", "resnet50", "vgg:24/48,48/96"] {
            assert_eq!(text.parse::<Architecture>().expect(text).to_string(), text);
        }
        for text in ["vgg12", "resnet50_bn", "vgg:", "vgg:1,/2", "mobilenet"] {
            assert!(text.parse::<Architecture>().expect_err(text).contains("vgg16"), "{text}");
        }
    }
}
