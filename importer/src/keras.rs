//! Networks as Keras and keras-vgg-buddy saved them.
//!
//! The layers are taken in the order of the network and must be VGG's: 3x3 convolutions with a
//! term, then dense layers with one. Names decide nothing but where the pools are.

mod config;
mod layers;
mod orientation;
mod stages;

use vision::network::{NetworkSpec, VggSpec};

use crate::{
    architecture::Architecture,
    container::{Container, Stored, hdf5::Hdf5},
    error::{ImportError, Shape},
    plan::{Plan, Step, Training, sides},
    state_dict::{agreed, grid},
    transform::Transform,
};
use layers::Layer;
pub use orientation::Kernels;

/// In which order the axes of kernels and flattened maps are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ordering {
    /// `tf`: kernels `HWIO`, maps `H, W, C`.
    ChannelsLast,
    /// `th`: kernels `OIHW`, maps `C, H, W`.
    ChannelsFirst,
}

/// Finds the network and a source for each of its tensors.
pub(crate) fn plan(
    file: &Hdf5,
    config: Option<&str>,
    wanted: Option<&Architecture>,
    kernels: Option<Kernels>,
) -> Result<Plan, ImportError> {
    let found = layers::layers(file)?;
    let config = match config.or_else(|| layers::config(file)) {
        Some(text) => Some(config::read(text)?),
        None => None,
    };
    let stored = file.stored();
    let (convolutions, dense) = split(&found.layers, stored)?;
    let ordering = ordering(&convolutions, stored)?;
    let widths = chain(&convolutions, &dense, ordering, stored)?;
    let config_stages = config.as_ref().map(|config| config.stages.as_slice());
    let stages = stages::stages(&convolutions, &widths, config_stages, wanted)?;
    let channels = widths[widths.len() - 1];
    let first = &stored[dense[0].kernel];
    let grid = grid(first.shape[0], channels).ok_or_else(|| {
        ImportError::Network(format!(
            "`{}` has shape {}, which no square map of {channels} channels gives",
            first.key,
            Shape(&first.shape)
        ))
    })?;
    let mut hidden: Vec<i64> = dense.iter().map(|one| stored[one.kernel].shape[1] as i64).collect();
    let classes = hidden.pop().unwrap_or(0);
    let spec = VggSpec { stages, batch_norm: false, grid, hidden, classes };
    let depth = spec.stages.len() as u32;
    // Keras flattens the map as it is, so the pictures had the side that ends as the grid.
    let size = config.as_ref().and_then(|config| config.size);
    let size = size.or_else(|| u32::try_from(grid).ok()?.checked_shl(depth));
    if let Some(size) = size
        && grid > 1
        && i64::from(size) >> depth != grid
    {
        return Err(ImportError::Network(format!(
            "pictures of {size} pixels end as {} after {depth} pools, but the first dense layer is \
             for {grid}",
            size >> depth
        )));
    }
    let network = agreed(spec, wanted)?;

    let mut plan = Plan {
        steps: steps(&network, [&convolutions, &dense], ordering, channels, stored)?,
        network,
        training: if found.legacy { Training::Legacy } else { Training::Keras },
        size,
        notes: Vec::new(),
    };
    orientation::settle(&mut plan, file, &found, ordering, kernels)?;
    Ok(plan)
}

/// Convolutions and dense layers, which must come in this order.
fn split<'a>(
    layers: &'a [Layer],
    stored: &[Stored],
) -> Result<(Vec<&'a Layer>, Vec<&'a Layer>), ImportError> {
    let rank = |layer: &Layer| stored[layer.kernel].shape.len();
    let (convolutions, dense): (Vec<_>, Vec<_>) = layers.iter().partition(|one| rank(one) == 4);
    if convolutions.is_empty() {
        return Err(ImportError::Network("there is no convolution in the file".to_owned()));
    }
    if dense.is_empty() {
        return Err(ImportError::Network(
            "there are no dense layers: it is a `notop` file, which names nothing".to_owned(),
        ));
    }
    for layer in &convolutions {
        let shape = &stored[layer.kernel].shape;
        if !shape.starts_with(&[3, 3]) && !shape.ends_with(&[3, 3]) {
            return Err(ImportError::Network(format!(
                "`{}` has shape {}, and of Keras' networks only VGG is read, whose kernels are 3x3. \
                 Keras' ResNet50 is another network than torchvision's (terms in its convolutions, \
                 steps in other places, another epsilon)",
                layer.name,
                Shape(shape)
            )));
        }
    }
    Ok((convolutions, dense))
}

/// The order of the axes, which the kernels tell: pictures have three channels.
fn ordering(convolutions: &[&Layer], stored: &[Stored]) -> Result<Ordering, ImportError> {
    let shape = |layer: &Layer| stored[layer.kernel].shape.clone();
    let all = |fits: fn(&[usize]) -> bool| convolutions.iter().all(|one| fits(&shape(one)));
    let last = all(|shape| shape.starts_with(&[3, 3])) && shape(convolutions[0])[2] == 3;
    let first = all(|shape| shape.ends_with(&[3, 3])) && shape(convolutions[0])[1] == 3;
    match (last, first) {
        (true, false) => Ok(Ordering::ChannelsLast),
        (false, true) => Ok(Ordering::ChannelsFirst),
        _ => Err(ImportError::Network(format!(
            "the first convolution has shape {}, which is not for pictures of three channels",
            Shape(&shape(convolutions[0]))
        ))),
    }
}

/// Output channels of the convolutions, after checking that each layer takes what the one before
/// gives.
fn chain(
    convolutions: &[&Layer],
    dense: &[&Layer],
    ordering: Ordering,
    stored: &[Stored],
) -> Result<Vec<i64>, ImportError> {
    let broken = |layer: &Layer, from: usize, expected: usize| {
        ImportError::Network(format!(
            "`{}` takes {from} channels, but the layer before gives {expected}: it is no plain \
             chain of layers, or they are not in order",
            layer.name
        ))
    };
    let mut width = 3;
    let mut widths = Vec::new();
    for layer in convolutions {
        let shape = &stored[layer.kernel].shape;
        let (from, to) = match ordering {
            Ordering::ChannelsLast => (shape[2], shape[3]),
            Ordering::ChannelsFirst => (shape[1], shape[0]),
        };
        if from != width {
            return Err(broken(layer, from, width));
        }
        widths.push(to as i64);
        width = to;
    }
    for (before, layer) in dense.iter().zip(&dense[1..]) {
        let (from, expected) = (stored[layer.kernel].shape[0], stored[before.kernel].shape[1]);
        if from != expected {
            return Err(broken(layer, from, expected));
        }
    }
    Ok(widths)
}

/// A source for each tensor of the network.
fn steps(
    network: &NetworkSpec,
    [convolutions, dense]: [&[&Layer]; 2],
    ordering: Ordering,
    channels: i64,
    stored: &[Stored],
) -> Result<Vec<Step>, ImportError> {
    let mut sources = Vec::new();
    for (i, layer) in convolutions.iter().chain(dense).enumerate() {
        let transform = match (ordering, i.checked_sub(convolutions.len())) {
            (Ordering::ChannelsLast, None) => Transform::Kernel { turn: false },
            (Ordering::ChannelsFirst, None) => Transform::Copy,
            (Ordering::ChannelsLast, Some(0)) => Transform::Flatten { channels: channels as usize },
            (_, Some(_)) => Transform::Transpose,
        };
        sources.extend([(layer.kernel, transform), (layer.bias, Transform::Copy)]);
    }
    let layout = network.layout();
    if layout.len() != sources.len() {
        return Err(ImportError::Network(format!(
            "the file has {} layers with weights, but {} has {}",
            sources.len() / 2,
            network.name(),
            layout.len() / 2
        )));
    }
    layout
        .into_iter()
        .zip(sources)
        .map(|((key, shape, _), (index, transform))| {
            Step::new(stored, index, key, sides(&shape), transform)
        })
        .collect()
}
