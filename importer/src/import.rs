//! One import, from the file to the folder of a model that has answered.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use vision::{
    decode::{DecodeLimits, decode},
    network::NetworkSpec,
    preprocess::Preprocess,
};

use crate::{
    architecture::Architecture,
    card::Card,
    check,
    container::Container,
    convert::{self, Hashed, Written},
    error::ImportError,
    format::{self, Format, Source},
    keras::{self, Kernels},
    labels::{self, Labels},
    place::Place,
    plan::{Plan, Training},
    preparation::Preparation,
    report, state_dict,
};

/// Side of pictures in pixels when nothing tells it.
const USUAL_SIZE: u32 = 224;

/// What is imported, and how.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The file.
    pub file: PathBuf,
    /// The folder with the models.
    pub models: PathBuf,
    /// Name of the new model.
    pub name: String,
    /// Its name for people; the short one if there is none.
    pub title: Option<String>,
    /// Licence of the weights.
    pub licence: Option<String>,
    /// A text with one label on each line.
    pub labels: Option<PathBuf>,
    /// A picture to check the model with, which is copied into its folder.
    pub example: Option<PathBuf>,
    /// The network, if the file does not tell it.
    pub architecture: Option<Architecture>,
    /// How kernels lie, if the file does not tell it.
    pub kernels: Option<Kernels>,
    /// How pictures are prepared, as far as it is not as the training did it.
    pub preparation: Preparation,
    /// Whether the network ends with softmax: for TorchScript.
    pub probabilities: Option<bool>,
    /// Whether a model of this name is replaced.
    pub force: bool,
}

/// Imports a file and says on the way what it finds. If anything fails nothing is left behind, and
/// a model that was to be replaced is still there.
///
/// # Errors
///
/// Whatever does not fit exactly, see [`ImportError`].
pub fn import(settings: &Settings, say: &mut dyn Write) -> Result<PathBuf, ImportError> {
    let place = Place::begin(&settings.models, &settings.name, settings.force)?;
    let source = format::open(&settings.file)?;
    report::line(say, &format!("{}: {}", settings.file.display(), source.format()));
    match source {
        Source::Script => script(settings, place, say),
        Source::Keras { file, config, format } => {
            let (architecture, kernels) = (settings.architecture.as_ref(), settings.kernels);
            let plan = keras::plan(&file, config.as_deref(), architecture, kernels)?;
            network(settings, place, &file, &plan, format, say)
        }
        Source::Torch { file, format } => {
            if settings.kernels.is_some() {
                return Err(only("--kernels", "for HDF5 files of Keras"));
            }
            let plan = state_dict::plan(&*file, settings.architecture.as_ref())?;
            network(settings, place, &*file, &plan, format, say)
        }
    }
}

/// Everything of a model but its weights.
struct Surroundings {
    labels: Labels,
    preprocess: Preprocess,
    /// File name of the example in the model's folder.
    example: Option<&'static str>,
}

fn network(
    settings: &Settings,
    place: Place,
    file: &dyn Container,
    plan: &Plan,
    format: Format,
    say: &mut dyn Write,
) -> Result<PathBuf, ImportError> {
    if settings.probabilities.is_some() {
        return Err(only(
            "--output",
            "for TorchScript; the networks that are built in give logits",
        ));
    }
    report::plan(say, file, plan);
    let size = plan.size.unwrap_or(USUAL_SIZE);
    let classes = usize::try_from(plan.network.classes()).ok();
    let around = surroundings(settings, &place, plan.training, size, classes, say)?;
    let weights = place.folder().join("model.safetensors");
    let written = convert::write(&weights, file, &plan.steps)?;
    finish(settings, place, Some(&plan.network), &around, &written, format, say)
}

fn script(settings: &Settings, place: Place, say: &mut dyn Write) -> Result<PathBuf, ImportError> {
    for (option, given) in [
        ("--architecture", settings.architecture.is_some()),
        ("--kernels", settings.kernels.is_some()),
    ] {
        if given {
            return Err(only(option, "for weights; TorchScript brings its own network"));
        }
    }
    report::line(
        say,
        "  TorchScript is code, which is run with your rights: trust where it is from",
    );
    if settings.preparation.preset.is_none() {
        report::line(
            say,
            "  it does not tell how pictures are prepared: say it if not as torchvision",
        );
    }
    let size = USUAL_SIZE;
    let around = surroundings(settings, &place, Training::Torchvision, size, None, say)?;
    let written = copy(&settings.file, &place.folder().join("model.pt"))?;
    finish(settings, place, None, &around, &written, Format::Script, say)
}

/// Labels, preparation and example.
fn surroundings(
    settings: &Settings,
    place: &Place,
    training: Training,
    size: u32,
    classes: Option<usize>,
    say: &mut dyn Write,
) -> Result<Surroundings, ImportError> {
    let preprocess = settings.preparation.settle(training, size)?;
    report::pictures(say, &preprocess);
    let labels = labels::read(settings.labels.as_deref(), classes)?;
    if let Labels::Listed(lines) = &labels {
        let path = place.folder().join("labels.txt");
        fs::write(&path, lines.join("\n") + "\n").map_err(ImportError::io("write", &path))?;
    }
    let example = settings.example.as_deref().map(|path| example(path, place)).transpose()?;
    Ok(Surroundings { labels, preprocess, example })
}

/// Copies the example if it is a picture.
fn example(path: &Path, place: &Place) -> Result<&'static str, ImportError> {
    let bytes = fs::read(path).map_err(ImportError::io("read", path))?;
    let picture = decode(&bytes, &DecodeLimits::default(), false)
        .map_err(|source| ImportError::Example { path: path.to_owned(), source })?;
    let name = report::example_name(picture.format);
    let folder = place.folder().join("examples");
    fs::create_dir(&folder).map_err(ImportError::io("create", &folder))?;
    fs::write(folder.join(name), bytes).map_err(ImportError::io("write", &folder))?;
    Ok(name)
}

/// Writes the card, checks the model, and puts it into its place.
fn finish(
    settings: &Settings,
    place: Place,
    network: Option<&NetworkSpec>,
    around: &Surroundings,
    weights: &Written,
    format: Format,
    say: &mut dyn Write,
) -> Result<PathBuf, ImportError> {
    let folder = place.folder();
    let from = settings.file.file_name().unwrap_or_default().to_string_lossy();
    let description = format!("Imported from {from} ({format}).");
    let card = Card {
        name: &settings.name,
        title: settings.title.as_deref().unwrap_or(&settings.name),
        description: &description,
        licence: settings.licence.as_deref().unwrap_or("unknown, ask its author"),
        network,
        preprocess: &around.preprocess,
        labels: &around.labels,
        probabilities: settings.probabilities.unwrap_or(false),
        weights,
        file: if network.is_some() { "model.safetensors" } else { "model.pt" },
        example: around.example.map(|name| (name, "Example")),
    };
    let path = folder.join("model.toml");
    fs::write(&path, card.text()).map_err(ImportError::io("write", &path))?;

    // The examples of VGG-16 show what ImageNet's classes are; any picture tells that it works.
    let usual = settings.models.join("vgg/examples/cat.jpg");
    let picture = settings.example.clone().or_else(|| usual.is_file().then_some(usual));
    let answer = check::check(&folder, picture.as_deref())?;
    let target = place.finish()?;
    report::answer(say, picture.as_deref(), &answer);
    report::done(say, &target, weights);
    Ok(target)
}

/// Copies a file, with its digest.
fn copy(from: &Path, to: &Path) -> Result<Written, ImportError> {
    let mut source = File::open(from).map_err(ImportError::io("read", from))?;
    let target = File::create(to).map_err(ImportError::io("write", to))?;
    let mut target = Hashed::new(BufWriter::new(target));
    io::copy(&mut source, &mut target).map_err(ImportError::io("copy", from))?;
    let (target, written) = target.finish();
    let target = target.into_inner().map_err(|e| ImportError::io("write", to)(e.into_error()))?;
    target.sync_all().map_err(ImportError::io("write", to))?;
    Ok(written)
}

fn only(option: &'static str, reason: &str) -> ImportError {
    ImportError::Option { option, reason: format!("is only {reason}") }
}
