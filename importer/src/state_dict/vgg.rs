//! VGG: its stages are where the numbers of its keys leave a gap.

use vision::network::{NetworkSpec, VggSpec};

use super::Keys;
use crate::{
    architecture::Architecture,
    container::Stored,
    error::{ImportError, Shape},
};

/// timm's names of the dense layers, in the place of `classifier.`.
const TIMM: [(&str, &str); 3] = [
    ("pre_logits.fc1.", "classifier.0."),
    ("pre_logits.fc2.", "classifier.3."),
    ("head.fc.", "classifier.6."),
];

/// Keys as torchvision has them. timm names the dense layers otherwise, and others count them
/// without the activations between, so they are taken in their order.
pub(super) fn renamed(keys: Keys, stored: &[Stored]) -> Keys {
    let keys: Keys = keys
        .into_iter()
        .map(|(key, index)| {
            let timm = TIMM.iter().find_map(|(theirs, ours)| {
                key.strip_prefix(theirs).map(|name| format!("{ours}{name}"))
            });
            (timm.unwrap_or(key), index)
        })
        .collect();
    let dense = numbers(&keys, "classifier.", |shape| shape.len() >= 2, stored);
    keys.into_iter()
        .map(|(key, index)| {
            let place = |(i, number): (usize, &usize)| {
                let name = key.strip_prefix(&format!("classifier.{number}."))?;
                Some(format!("classifier.{}.{name}", 3 * i))
            };
            let renamed = dense.iter().enumerate().find_map(place);
            (renamed.unwrap_or(key), index)
        })
        .collect()
}

/// The network that the keys and shapes stand for.
pub(super) fn network(
    keys: &Keys,
    stored: &[Stored],
    wanted: Option<&Architecture>,
) -> Result<NetworkSpec, ImportError> {
    let no = |reason: String| ImportError::Network(reason);
    let shape = |key: &str| keys.get(key).map(|&index| stored[index].shape.as_slice());
    let convolutions = numbers(keys, "features.", |shape| shape.len() == 4, stored);
    let dense = numbers(keys, "classifier.", |shape| shape.len() >= 2, stored);
    let batch_norm = keys.keys().any(|key| key.ends_with(".running_mean"));
    let step = if batch_norm { 3 } else { 2 };

    let mut stages: Vec<Vec<i64>> = vec![Vec::new()];
    let mut next = 0;
    for &number in &convolutions {
        let width = shape(&format!("features.{number}.weight")).map_or(0, |shape| shape[0]);
        match number.checked_sub(next) {
            Some(0) => {}
            Some(1) if number > 1 => stages.push(Vec::new()),
            _ => return Err(no(format!("`features.{number}` is where VGG has no convolution"))),
        }
        if let Some(stage) = stages.last_mut() {
            stage.push(width as i64);
        }
        next = number.saturating_add(step);
    }
    let [first, ..] = dense[..] else {
        return Err(no(
            "there are no dense layers: the file has the features alone, which name nothing"
                .to_owned(),
        ));
    };
    let channels = stages.last().and_then(|stage| stage.last()).copied().unwrap_or(0);
    let width = |number: &usize| {
        shape(&format!("classifier.{number}.weight")).map_or(0, |shape| shape[0] as i64)
    };
    let mut hidden: Vec<i64> = dense.iter().map(width).collect();
    let classes = hidden.pop().unwrap_or(0);
    let first = shape(&format!("classifier.{first}.weight")).unwrap_or_default();
    let inner: usize = first[1..].iter().product();
    let grid = grid(inner, channels).ok_or_else(|| {
        no(format!(
            "the first dense layer has shape {}, which no square map of {channels} channels gives",
            Shape(first)
        ))
    })?;
    let found = VggSpec { stages, batch_norm, grid, hidden, classes };
    agreed(found, wanted)
}

/// The network that was found, or the one that was asked for, whose shapes are checked later.
pub(crate) fn agreed(
    found: VggSpec,
    wanted: Option<&Architecture>,
) -> Result<NetworkSpec, ImportError> {
    let option = "--architecture";
    let spec = match wanted {
        None => Some(found),
        Some(Architecture::Stages(stages)) => Some(VggSpec { stages: stages.clone(), ..found }),
        Some(Architecture::Vgg { depth, batch_norm }) => {
            VggSpec::of_depth(*depth, *batch_norm, found.classes)
        }
        Some(Architecture::ResNet { .. }) => None,
    };
    spec.map(NetworkSpec::Vgg)
        .ok_or_else(|| ImportError::Option { option, reason: "the file holds a VGG".to_owned() })
}

/// Side of the square map that so many inputs of a dense layer are, at so many channels.
pub(crate) fn grid(inputs: usize, channels: i64) -> Option<i64> {
    let channels = usize::try_from(channels).ok().filter(|&channels| channels > 0)?;
    let side = (inputs / channels).isqrt();
    (side > 0 && side * side * channels == inputs).then_some(side as i64)
}

/// The numbers after a prefix, in order, of the weights whose shape is right.
fn numbers(
    keys: &Keys,
    prefix: &str,
    right: impl Fn(&[usize]) -> bool,
    stored: &[Stored],
) -> Vec<usize> {
    let mut found: Vec<usize> = keys
        .iter()
        .filter(|&(_, &index)| right(&stored[index].shape))
        .filter_map(|(key, _)| key.strip_prefix(prefix)?.strip_suffix(".weight")?.parse().ok())
        .collect();
    found.sort_unstable();
    found
}
