//! Whether the kernels are turned by 180 degrees, and red and blue in their places.
//!
//! Caffe and TensorFlow apply kernels as they are (correlation), Theano turns them first
//! (convolution). Files of both kinds look alike and load without an error.

use std::str::FromStr;

use super::{Ordering, layers::Found};
use crate::{
    caffe::{Probe, probe},
    container::Container,
    error::ImportError,
    plan::{Plan, Training},
    transform::Transform,
};

/// How kernels lie in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernels {
    /// They are applied as they are: Caffe, TensorFlow, PyTorch.
    Correlation,
    /// They are turned by 180 degrees before: Theano.
    Convolution,
}

impl FromStr for Kernels {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "correlation" => Ok(Self::Correlation),
            "convolution" => Ok(Self::Convolution),
            other => Err(format!("{other:?} is neither correlation nor convolution")),
        }
    }
}

/// Decides, notes why, and turns the kernels if they must be.
pub(super) fn settle(
    plan: &mut Plan,
    file: &dyn Container,
    found: &Found,
    ordering: Ordering,
    wanted: Option<Kernels>,
) -> Result<(), ImportError> {
    let probe = probe(file, &plan.steps[0], &plan.steps[1])?;
    let by_probe = match probe {
        Probe::Caffe { turned, .. } => {
            Some(if turned { Kernels::Convolution } else { Kernels::Correlation })
        }
        Probe::Other => None,
    };
    let (kernels, why) = match (wanted, by_probe, found.backend.as_deref(), ordering) {
        (Some(kernels), ..) => (kernels, "--kernels says"),
        (None, Some(kernels), ..) => (kernels, "the numbers of the first layer, Caffe's, say"),
        (None, None, Some("theano"), _) => {
            (Kernels::Convolution, "the file, saved under Theano, says")
        }
        (None, None, Some(_), _) => (Kernels::Correlation, "the file says"),
        // Theano had its channels first, and nobody else has kernels like this without saying more.
        (None, None, None, Ordering::ChannelsLast) => {
            (Kernels::Correlation, "channels last, as TensorFlow has them, say")
        }
        (None, None, None, Ordering::ChannelsFirst) => return Err(ImportError::Kernels),
    };
    let how = match kernels {
        Kernels::Correlation => "are applied as they are",
        Kernels::Convolution => "are turned by 180 degrees, as Theano did",
    };
    plan.notes.push(format!("the kernels {how}: {why} so"));
    if by_probe.is_some_and(|by_probe| by_probe != kernels) {
        plan.notes.push("the numbers of the first layer say otherwise!".to_owned());
    }
    match probe {
        Probe::Caffe { bgr: false, .. } => {
            plan.training = Training::CaffeInTorch { bgr: false };
            plan.notes.push("the first layer is Caffe's with red and blue exchanged".to_owned());
        }
        Probe::Caffe { bgr: true, .. } => {}
        Probe::Other => plan.notes.push(
            "these are not the weights that Keras publishes: if their training prepared pictures in \
             another way, say it (--preset, or --channels, --scale, --mean, --std)"
                .to_owned(),
        ),
    }
    if kernels == Kernels::Convolution {
        for step in &mut plan.steps {
            step.transform = match step.transform {
                Transform::Copy if step.shape.len() == 4 => Transform::Turn,
                Transform::Kernel { .. } => Transform::Kernel { turn: true },
                other => other,
            };
        }
    }
    Ok(())
}
