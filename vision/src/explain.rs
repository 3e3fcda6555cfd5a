//! Which parts of a picture speak for a class.
//!
//! Two methods answer that, both for the square that the network sees:
//!
//! - **Grad-CAM** (Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via
//!   Gradient-based Localization", 2017), one forward pass and half a backward one. It needs a
//!   network whose layers are known, so it is for those that are defined in this program.
//! - **Occlusion** (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks",
//!   2014), about two hundred forward passes with a part of the picture hidden. It is for any
//!   model.
//!
//! Nothing is kept from one call to the next, so that the thread that owns a model may answer
//! other requests with it before, after, and between the steps that are reported.

mod grad_cam;
mod occlusion;

use std::ops::ControlFlow;

use thiserror::Error;

use crate::model::{Engine, Model, ModelError};
pub use occlusion::Occlusion;

/// How the parts that matter are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Method {
    /// Grad-CAM where it is possible, occlusion otherwise.
    #[default]
    Auto,
    /// By the gradient of the class's logit at the last convolutional map that is fine enough.
    GradCam,
    /// By what is lost of the class's probability when a part is hidden.
    Occlusion,
}

/// How much each part of the square that the network sees speaks for a class.
#[derive(Debug, Clone, PartialEq)]
pub struct Heatmap {
    /// Number of columns; each is as wide as the others.
    pub width: usize,
    /// Number of rows; each is as high as the others.
    pub height: usize,
    /// A weight in `0..=1` for each cell, row by row. The largest is 1, unless nothing in the
    /// picture speaks for the class: then all are 0.
    pub weights: Vec<f32>,
}

/// Why there is no explanation.
#[derive(Debug, Error)]
pub enum ExplainError {
    /// The progress was answered with [`ControlFlow::Break`].
    #[error("the explanation was cancelled")]
    Cancelled,
    /// There is no such class.
    #[error("there is no class {class}: the model has {classes}, counted from 0")]
    Class {
        /// The class that was asked for.
        class: usize,
        /// Number of classes.
        classes: usize,
    },
    /// The model's layers are not known.
    #[error("Grad-CAM needs a network whose layers are known; ask for occlusion")]
    Unsupported,
    /// The gradients overflow.
    #[error("the gradients are not finite: the weights or the input are broken")]
    NotFinite,
    /// The network fails.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// What is told of the progress, and what it answers: steps done and steps in all.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize) -> ControlFlow<()>;

impl Model {
    /// Finds the parts of a prepared picture (`HWC f32`, `size * size * 3` samples) that speak for
    /// a class.
    ///
    /// `progress` hears of every step, the first time before any is done and the last time when
    /// all are; it ends the explanation by [`ControlFlow::Break`]. A step is one run of the
    /// network, with up to eight pictures.
    ///
    /// # Errors
    ///
    /// When the progress says so, when the class or the method does not fit the model, or when the
    /// network fails.
    pub fn explain(
        &self,
        pixels: &[f32],
        class: usize,
        method: Method,
        progress: Progress<'_>,
    ) -> Result<Heatmap, ExplainError> {
        if class >= self.classes {
            return Err(ExplainError::Class { class, classes: self.classes });
        }
        match (method, &self.engine) {
            (Method::Auto | Method::GradCam, Engine::Network(network)) => {
                let input = self.input(std::slice::from_ref(&pixels.to_vec()))?;
                grad_cam::explain(network, &input, self.size, class, progress)
            }
            (Method::GradCam, Engine::Script(_)) => Err(ExplainError::Unsupported),
            (Method::Auto, Engine::Script(_)) | (Method::Occlusion, _) => {
                occlusion::explain(self, pixels, class, progress)
            }
        }
    }
}

impl Heatmap {
    /// A map of weights of any size: what speaks against the class counts as nothing.
    fn new(width: usize, height: usize, weights: &[f32]) -> Self {
        let largest = weights.iter().copied().fold(0.0_f32, f32::max);
        let share = |weight: &f32| if largest > 0.0 { weight.max(0.0) / largest } else { 0.0 };
        Self { width, height, weights: weights.iter().map(share).collect() }
    }
}

fn step(progress: Progress<'_>, done: usize, total: usize) -> Result<(), ExplainError> {
    match progress(done, total) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ExplainError::Cancelled),
    }
}
