//! What travels between server and browser. The JSON of the API is made of the same types.

mod event;
mod heat_map;
mod ranking;
mod status;

use serde::{Deserialize, Serialize};

pub use event::Event;
pub use heat_map::HeatMap;
pub use ranking::{Ranked, Ranking};
pub use status::{ModelStatus, ServerStatus};

/// How many classes the page is given with their labels, and shows at most.
pub const MAX_SHOWN: u32 = 20;
/// How many classes the page shows at first.
pub const SHOWN: u32 = 5;

/// A class with the probability that the picture shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Prediction {
    /// Position of the class in the model's list of labels, from 0.
    pub index: u32,
    /// What the class is called.
    pub label: String,
    /// Calibrated probability in `0..=1`.
    pub probability: f32,
}

/// How a picture came to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum SourceKind {
    /// It was sent.
    Upload,
    /// It was fetched from an address.
    Url,
    /// It is one of the model's own examples.
    Example,
}

/// The picture that was classified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Source {
    /// How it came.
    pub kind: SourceKind,
    /// Address, file name or title, as far as there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Encoding, such as `jpeg`.
    pub format: String,
    /// Width as stored, in pixels.
    pub width: u32,
    /// Height as stored, in pixels.
    pub height: u32,
    /// Size as encoded, in bytes.
    pub bytes: u64,
    /// Whether only the first frame of several was looked at.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub animated: bool,
}

/// Where the time went, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Timing {
    /// Fetching from the address; 0 for a picture that was sent.
    pub fetch_ms: f64,
    /// Decoding and preparing.
    pub decode_ms: f64,
    /// Waiting for the worker.
    pub queue_ms: f64,
    /// In the network, for the whole batch.
    pub inference_ms: f64,
    /// From the picture's arrival to the answer.
    pub total_ms: f64,
}

/// The answer to one picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Classification {
    /// The model that answered.
    pub model: String,
    /// The model that was asked for, when another one stood in for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fallback_for: Option<String>,
    /// The most probable classes, best first.
    pub predictions: Vec<Prediction>,
    /// The picture.
    pub source: Source,
    /// The times.
    pub timing: Timing,
    /// Whether the answer was known already, since an equal picture had been answered.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub cached: bool,
    /// What the caller should know, such as that no picture was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// What the network saw, as a `data:` URL; only when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub crop: Option<String>,
}

/// An answer as the page wants it: the best [`MAX_SHOWN`] classes with their labels, and all
/// classes by number, so that any of them can be looked up without asking again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageAnswer {
    /// The answer.
    pub answer: Classification,
    /// All classes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ranking: Option<Ranking>,
    /// What speaks for a class, in words and as a picture with colours over it in a `data:` URL;
    /// only for a page that was asked for it without JavaScript.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<(String, String)>,
}

impl From<Classification> for PageAnswer {
    /// Cuts a classification off after what the page shows. It knows all classes if that many
    /// were asked for.
    fn from(mut answer: Classification) -> Self {
        let shown = MAX_SHOWN as usize;
        let all = answer.predictions.len() > shown;
        let ranking = all.then(|| Ranking::new(&answer.predictions));
        answer.predictions.truncate(shown);
        Self { answer, ranking, why: None }
    }
}

/// How far a picture is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It is being fetched.
    Fetching {
        /// Bytes that are here.
        received: u64,
        /// Bytes that there are, if that is known.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        total: Option<u64>,
    },
    /// It is being decoded and prepared.
    Decoding,
    /// It waits for the worker.
    Queued {
        /// Pictures that come before it.
        ahead: u32,
    },
    /// It is in the network.
    Running,
    /// It is shown to the network again and again with parts of it hidden.
    Explaining {
        /// Times that are done.
        done: u32,
        /// Times in all.
        total: u32,
    },
}

/// How an explanation is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum Method {
    /// Grad-CAM where the layers of the network are known, else occlusion.
    #[default]
    Auto,
    /// By the gradient of the class: at once.
    GradCam,
    /// By hiding parts of the picture: a few hundred runs of the network.
    Occlusion,
}

/// Which parts of what the network saw speak for a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// The model that was asked.
    pub model: String,
    /// The class, with its probability.
    pub class: Prediction,
    /// How it was found; never [`Method::Auto`].
    pub method: Method,
    /// Cells in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// A weight in `0..=1` for each cell, row by row; the largest is 1, unless nothing speaks for
    /// the class.
    pub weights: Vec<f32>,
    /// What the network saw, as a `data:` URL; only when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub crop: Option<String>,
    /// The same with the weights over it in colours; only when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub overlay: Option<String>,
    /// The times.
    pub timing: Timing,
}

/// What a model is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum ModelState {
    /// Its weights are not here.
    Absent {
        /// The command that brings them.
        hint: String,
    },
    /// Its weights are on their way here.
    Fetching {
        /// Bytes that are here.
        received: u64,
        /// Bytes that there are, if that is known.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        total: Option<u64>,
    },
    /// Its weights are here, and are loaded as soon as somebody asks it.
    Standby,
    /// Its weights are being loaded.
    Loading,
    /// It answers.
    Ready,
    /// It was taken out of memory, and stays out until somebody loads it by hand.
    Unloaded,
    /// It could not be loaded.
    Failed {
        /// Why.
        reason: String,
    },
}

/// A picture that a model offers for trying it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExamplePicture {
    /// File name, by which it is asked for.
    pub file: String,
    /// Path on this server.
    pub path: String,
    /// What it shows.
    pub title: String,
    /// Who made it, and under which licence.
    pub credit: String,
}

/// A model as the pages and the list show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSummary {
    /// Name in paths.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What it is for, in a sentence or two.
    pub description: String,
    /// Kind of network, such as `vgg16`.
    pub architecture: String,
    /// What it computes in and on, such as `bf16 on cpu`, while it is in memory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub compute: Option<String>,
    /// Side of the square that the network sees, in pixels.
    pub input_size: u32,
    /// Number of classes.
    pub classes: u32,
    /// Licence of the weights.
    pub licence: String,
    /// What it is doing.
    #[serde(flatten)]
    pub state: ModelState,
    /// Whether the newest version of it was refused, so that an older one answers.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub outdated: bool,
    /// The model that answers while this one cannot.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fallback: Option<String>,
    /// Pictures to try.
    pub examples: Vec<ExamplePicture>,
    /// Largest picture that is taken, in bytes.
    pub max_upload: u64,
}
