//! `vitrine import`.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};
use importer::{
    Architecture, Kernels, Settings,
    preparation::{Preparation, Preset, Resize, word},
};
use vision::preprocess::{ChannelOrder, Interpolation, Scale};

use super::options::FolderOptions;
use crate::http::is_reserved;

/// What `import` can be told.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// Weights of Keras (.h5, .keras), PyTorch (.pth, .safetensors) or tch (.ot), or a TorchScript
    /// module (.pt); the content decides, not the name
    file: PathBuf,
    /// Name of the new model: its folder, and its address
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    /// Name for people [default: the name]
    #[arg(long)]
    title: Option<String>,
    /// Licence of the weights [default: unknown, ask its author]
    #[arg(long)]
    licence: Option<String>,
    /// Text with one label on each line [default for 1000 classes: those of ImageNet]
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Picture to try the model with, which becomes its example
    #[arg(long, value_name = "PICTURE")]
    example: Option<PathBuf>,
    /// The network, if the file does not tell: vgg16, vgg16_bn, resnet50, vgg:24/48,48
    #[arg(long, value_name = "NETWORK")]
    architecture: Option<Architecture>,
    /// How kernels lie, if the file does not tell: correlation (Caffe, TensorFlow) or convolution
    /// (Theano)
    #[arg(long, value_name = "HOW")]
    kernels: Option<Kernels>,
    /// What a TorchScript module gives [default: logits]
    #[arg(long, value_enum)]
    output: Option<Output>,
    /// Replace a model of this name
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    folder: FolderOptions,
    // The last, because what follows would come under its heading.
    #[command(flatten)]
    pictures: Pictures,
}

/// How pictures are prepared, as far as it is not as the training did it.
#[derive(Debug, Args)]
#[command(next_help_heading = "How pictures are prepared, if not as the training did it")]
struct Pictures {
    /// torchvision, keras-caffe or caffe-squash
    #[arg(long)]
    preset: Option<Preset>,
    /// Side of the square that the network sees, in pixels
    #[arg(long, value_name = "PIXELS")]
    size: Option<u32>,
    /// squash or short-side
    #[arg(long, value_name = "HOW")]
    resize: Option<Resize>,
    /// Length of the short side before the middle is cut out, in pixels
    #[arg(long, value_name = "PIXELS")]
    short_side: Option<u32>,
    /// nearest, bilinear or bicubic
    #[arg(long, value_name = "FILTER", value_parser = word::<Interpolation>)]
    interpolation: Option<Interpolation>,
    /// rgb or bgr
    #[arg(long, value_name = "ORDER", value_parser = word::<ChannelOrder>)]
    channels: Option<ChannelOrder>,
    /// unit (0 to 1) or byte (0 to 255)
    #[arg(long, value_name = "RANGE", value_parser = word::<Scale>)]
    scale: Option<Scale>,
    /// Subtracted from each channel, in their order and scale
    #[arg(long, value_name = "A,B,C", value_parser = three, allow_hyphen_values = true)]
    mean: Option<[f32; 3]>,
    /// Divides each channel
    #[arg(long, value_name = "A,B,C", value_parser = three)]
    std: Option<[f32; 3]>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Output {
    Logits,
    Probabilities,
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Pictures {
            preset,
            size,
            resize,
            short_side,
            interpolation,
            channels,
            scale,
            mean,
            std,
        } = self.pictures;
        if !self.folder.models.is_dir() {
            bail!(
                "there is no models folder {} (another one can be named with --models)",
                self.folder.models.display()
            );
        }
        if is_reserved(&self.name) {
            bail!(
                "no model can be called {:?}, since the server has a path of that name; choose another with --as",
                self.name
            );
        }
        let settings = Settings {
            file: self.file,
            models: self.folder.models,
            name: self.name,
            title: self.title,
            licence: self.licence,
            labels: self.labels,
            example: self.example,
            architecture: self.architecture,
            kernels: self.kernels,
            preparation: Preparation {
                preset,
                size,
                resize,
                short_side,
                interpolation,
                channels,
                scale,
                mean,
                std,
            },
            probabilities: self.output.map(|output| matches!(output, Output::Probabilities)),
            force: self.force,
        };
        importer::import(&settings, &mut std::io::stdout().lock())?;
        Ok(())
    }
}

/// Three numbers, or one for all three.
fn three(text: &str) -> Result<[f32; 3], String> {
    let numbers: Result<Vec<f32>, _> = text.split(',').map(|n| n.trim().parse()).collect();
    match numbers.as_deref() {
        Ok(&[a, b, c]) => Ok([a, b, c]),
        Ok(&[one]) => Ok([one; 3]),
        _ => Err(format!("{text:?} is not three numbers with commas between")),
    }
}
