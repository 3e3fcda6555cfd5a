//! The one way in: what is asked of the classifier, and who answers.

use std::{future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;

use crate::{
    problem::Problem,
    wire::{Classification, Explanation, Method, ModelSummary, ServerStatus, Stage},
};

/// A picture, or where to get it.
#[derive(Debug, Clone)]
pub enum Picture {
    /// It was sent, perhaps with a file name.
    Bytes {
        /// The picture as encoded.
        bytes: Bytes,
        /// What the sender calls it.
        name: Option<String>,
    },
    /// To be fetched from this address.
    Url(String),
    /// One of the model's own, by file name; the first if none is named.
    Example(Option<String>),
}

/// A question to the classifier.
#[derive(Debug, Clone)]
pub struct Request {
    /// Name of the model.
    pub model: String,
    /// What to classify.
    pub picture: Picture,
    /// How many classes to name, at least 1; more than there are means all.
    pub top_k: usize,
    /// Whether the answer should hold what the network saw.
    pub crop: bool,
}

/// A question why.
#[derive(Debug, Clone)]
pub struct WhyRequest {
    /// Name of the model.
    pub model: String,
    /// What to explain.
    pub picture: Picture,
    /// The class to explain, by its number or its label; the most probable one if none is named.
    pub class: Option<String>,
    /// How to find it out.
    pub method: Method,
    /// Whether the answer should hold what the network saw.
    pub crop: bool,
    /// Whether the answer should hold that with the weights over it.
    pub overlay: bool,
}

/// Is told how far a picture is, as it goes.
pub type Watcher = Arc<dyn Fn(Stage) + Send + Sync>;

/// What asking why gives, later.
pub type Explaining<'a> = Pin<Box<dyn Future<Output = Result<Explanation, Problem>> + Send + 'a>>;

/// What a call of the classifier gives, later.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Classification, Problem>> + Send + 'a>>;

/// What the pages and every protocol need of the classifier.
///
/// The server provides an implementation as [`SharedClassifier`] in the context of every page and
/// server function, so that this crate needs neither the models nor libtorch.
pub trait Classifier: Send + Sync {
    /// All models, in order of their names.
    fn models(&self) -> Vec<ModelSummary>;

    /// One model.
    fn model(&self, name: &str) -> Option<ModelSummary>;

    /// Classifies one picture, and tells how far it is. Dropping the future gives its place back.
    fn watch(&self, request: Request, watcher: Watcher) -> Answer<'_>;

    /// Finds out which parts of a picture speak for a class, and tells how far it is. Dropping the
    /// future ends that.
    fn explain(&self, request: WhyRequest, watcher: Watcher) -> Explaining<'_>;

    /// Classifies one picture.
    fn classify(&self, request: Request) -> Answer<'_> {
        self.watch(request, Arc::new(|_| ()))
    }

    /// How busy the server is. Says nothing unless it is told.
    fn status(&self) -> ServerStatus {
        ServerStatus::default()
    }

    /// The labels of a model, by index of the class. `None` if there is no such model, or if they
    /// are not told.
    fn labels(&self, _model: &str) -> Option<Vec<String>> {
        None
    }
}

/// The classifier as it stands in context.
pub type SharedClassifier = Arc<dyn Classifier>;

/// The outcome of a form that was posted without JavaScript.
///
/// The server puts it in the context of the page that it renders in answer, and the page shows it.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The picture that was given, so that another model can be shown it, too.
    pub picture: Option<Picture>,
    /// What came of it.
    pub outcome: Result<Classification, Problem>,
    /// The class that should be explained, too, by number or label; none inside for the best one.
    pub why: Option<Option<String>>,
}
