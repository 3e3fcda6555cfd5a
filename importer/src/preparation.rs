//! How the pictures of the new model are prepared: as its training did it, unless it is said
//! otherwise.

use std::str::FromStr;

use serde::{Deserialize, de::value::StrDeserializer};
use vision::preprocess::{ChannelOrder, Interpolation, Preprocess, ResizeRule, Scale};

use crate::{error::ImportError, plan::Training};

/// What was said about it on the command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preparation {
    /// A known way, in the place of what the file suggests.
    pub preset: Option<Preset>,
    /// Side of the pictures in pixels.
    pub size: Option<u32>,
    /// `squash` or `short-side`.
    pub resize: Option<Resize>,
    /// Length of the short side before the middle is cut out.
    pub short_side: Option<u32>,
    /// Filter of the resampling.
    pub interpolation: Option<Interpolation>,
    /// Order of the channels.
    pub channels: Option<ChannelOrder>,
    /// Range of the samples.
    pub scale: Option<Scale>,
    /// Subtracted from each channel.
    pub mean: Option<[f32; 3]>,
    /// Divides each channel.
    pub std: Option<[f32; 3]>,
}

/// A known way of preparing pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// torchvision's weights, and most of timm's.
    Torchvision,
    /// `keras.applications.vgg16.preprocess_input` after `load_img`.
    KerasCaffe,
    /// keras-vgg-buddy.
    CaffeSquash,
}

/// How a picture becomes a square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resize {
    /// Both sides become the network's.
    Squash,
    /// The short side becomes so long, and the middle is cut out.
    ShortSide,
}

/// Reads a word as the card would.
pub fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(text))
        .map_err(|error| error.to_string())
}

impl FromStr for Preset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Torchvision, Self::KerasCaffe, Self::CaffeSquash]
            .into_iter()
            .find(|preset| preset.name() == text)
            .ok_or_else(|| format!("{text:?} is none of torchvision, keras-caffe and caffe-squash"))
    }
}

impl FromStr for Resize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "squash" => Ok(Self::Squash),
            "short-side" => Ok(Self::ShortSide),
            _ => Err(format!("{text:?} is neither squash nor short-side")),
        }
    }
}

impl Preset {
    /// As the card calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Torchvision => "torchvision",
            Self::KerasCaffe => "keras-caffe",
            Self::CaffeSquash => "caffe-squash",
        }
    }

    /// What it stands for.
    pub(crate) fn settings(self, size: u32) -> Preprocess {
        match self {
            Self::Torchvision => Preprocess::torchvision(size),
            Self::KerasCaffe => Preprocess::keras_caffe(size),
            Self::CaffeSquash => Preprocess::caffe_squash(size),
        }
    }

    /// The preset that has these settings.
    pub(crate) fn of(settings: &Preprocess) -> Option<Self> {
        [Self::Torchvision, Self::KerasCaffe, Self::CaffeSquash]
            .into_iter()
            .find(|preset| preset.settings(settings.size) == *settings)
    }
}

impl Preparation {
    /// The settings: those of the training, changed where it was said.
    pub(crate) fn settle(&self, training: Training, size: u32) -> Result<Preprocess, ImportError> {
        let size = self.size.unwrap_or(size);
        // The presets multiply the size.
        if !(1..=1024).contains(&size) {
            let reason = format!("{size} is not from 1 to 1024 pixels");
            return Err(ImportError::Option { option: "--size", reason });
        }
        let mut settings = match self.preset {
            Some(preset) => preset.settings(size),
            None => training.settings(size),
        };
        if let Some(short_side) = self.short_side {
            settings.resize = ResizeRule::ShortSide(short_side);
        }
        match (self.resize, settings.resize) {
            (Some(Resize::Squash), _) if self.short_side.is_some() => {
                let reason = "is only for --resize short-side".to_owned();
                return Err(ImportError::Option { option: "--short-side", reason });
            }
            (Some(Resize::Squash), _) => settings.resize = ResizeRule::Squash,
            (Some(Resize::ShortSide), ResizeRule::Squash) => {
                let reason = "--resize short-side needs it".to_owned();
                return Err(ImportError::Option { option: "--short-side", reason });
            }
            _ => {}
        }
        let Self { interpolation, channels, scale, mean, std, .. } = *self;
        settings.interpolation = interpolation.unwrap_or(settings.interpolation);
        settings.channels = channels.unwrap_or(settings.channels);
        settings.scale = scale.unwrap_or(settings.scale);
        settings.mean = mean.unwrap_or(settings.mean);
        settings.std = std.unwrap_or(settings.std);
        settings.check().map_err(|reason| ImportError::Option {
            option: "the preparation of pictures",
            reason: reason.to_owned(),
        })?;
        Ok(settings)
    }
}

impl Training {
    /// How this training prepared its pictures.
    fn settings(self, size: u32) -> Preprocess {
        match self {
            Self::Torchvision => Preprocess::torchvision(size),
            Self::Keras => Preprocess::keras_caffe(size),
            Self::Legacy => Preprocess::caffe_squash(size),
            Self::CaffeInTorch { bgr } => {
                let caffe = Preprocess::caffe_squash(size);
                let mut mean = caffe.mean;
                if !bgr {
                    mean.reverse();
                }
                let channels = if bgr { ChannelOrder::Bgr } else { ChannelOrder::Rgb };
                let (scale, std) = (caffe.scale, caffe.std);
                Preprocess { channels, mean, scale, std, ..Preprocess::torchvision(size) }
            }
        }
    }
}
