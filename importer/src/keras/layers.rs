//! The layers with weights in a file of Keras, whichever version wrote it.

use crate::{
    container::{
        Container,
        hdf5::{Attributes, Hdf5},
    },
    error::ImportError,
    plan::listed,
};

/// A layer with weights: a kernel or a matrix, and a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layer {
    /// Its name, for messages and for what it says of its stage.
    pub(super) name: String,
    /// Index of the kernel or the matrix in the file.
    pub(super) kernel: usize,
    /// Index of the term in the file.
    pub(super) bias: usize,
    /// How many pools come before it, if the file tells.
    pub(super) pools_before: Option<usize>,
}

/// The layers of a file.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In the order of the network.
    pub(super) layers: Vec<Layer>,
    /// Whether it is the layout `layer_0`, `param_0` of the first Keras.
    pub(super) legacy: bool,
    /// Which program computed while it was saved, as Keras 1 and 2 note it.
    pub(super) backend: Option<String>,
}

/// The layers of a file.
pub(super) fn layers(file: &Hdf5) -> Result<Found, ImportError> {
    let root = file.group("").cloned().unwrap_or_default();
    if root.contains_key("nb_layers") {
        return legacy(file, &root);
    }
    // A whole model keeps its weights in a group of their own.
    for top in ["", "model_weights"] {
        let Some(attributes) = file.group(top) else { continue };
        if let Some(names) = list(attributes, "layer_names") {
            return named(file, top, attributes, &names);
        }
    }
    let found = numbered(file)?;
    if found.layers.is_empty() {
        let keys = listed(file.stored().iter().map(|stored| stored.key.as_str()));
        return Err(ImportError::Network(format!(
            "the file has no layers as any version of Keras writes them; it has {keys}"
        )));
    }
    Ok(found)
}

/// The configuration of the model that a whole model has as an attribute.
pub(super) fn config(file: &Hdf5) -> Option<&str> {
    file.group("")?.get("model_config")?.first().map(String::as_str)
}

/// `layer_k` with `param_0` and `param_1`.
fn legacy(file: &Hdf5, root: &Attributes) -> Result<Found, ImportError> {
    let layers = root["nb_layers"].first().and_then(|text| text.parse::<f64>().ok());
    let layers = layers.filter(|n| (0.0..10_000.0).contains(n)).unwrap_or(0.0) as usize;
    let mut found = Found { legacy: true, ..Found::default() };
    let mut numbers = Vec::new();
    for number in 0..layers {
        let name = format!("layer_{number}");
        let weights: Vec<_> =
            (0..).map_while(|i| file.dataset(&format!("{name}/param_{i}"))).collect();
        if !weights.is_empty() {
            numbers.push(number);
            push(&mut found, file, name, &weights, None)?;
        }
    }
    count_pools(&mut found.layers, &numbers, file);
    Ok(found)
}

/// Counts the pools by the gaps in the numbers: each convolution has a padding before it, so two
/// in a row are two apart, and three with a pool between. Any other gap tells nothing.
fn count_pools(layers: &mut [Layer], numbers: &[usize], file: &Hdf5) {
    let kernels = layers.iter().take_while(|one| file.stored()[one.kernel].shape.len() == 4);
    let numbers = &numbers[..kernels.count()];
    let gaps = numbers.windows(2).map(|pair| pair[1] - pair[0]);
    if numbers.first() == Some(&0) || !gaps.clone().all(|gap| gap == 2 || gap == 3) {
        return;
    }
    let mut pools = 0;
    for (layer, gap) in layers.iter_mut().zip([2].into_iter().chain(gaps)) {
        pools += usize::from(gap == 3);
        layer.pools_before = Some(pools);
    }
}

/// Groups that `layer_names` lists, with datasets that `weight_names` lists: Keras 1 and 2, and
/// the `.h5` of Keras 3.
fn named(
    file: &Hdf5,
    top: &str,
    attributes: &Attributes,
    names: &[String],
) -> Result<Found, ImportError> {
    let text = |key: &str| attributes.get(key).and_then(|one| one.first()).cloned();
    let mut found = Found { backend: text("backend"), ..Found::default() };
    let mut pools = 0;
    let listed_pools = names.iter().any(|name| name.contains("pool"));
    for name in names {
        let path = if top.is_empty() { name.clone() } else { format!("{top}/{name}") };
        let group = file.group(&path).ok_or_else(|| missing(&path))?;
        let weights = list(group, "weight_names").unwrap_or_default();
        if weights.is_empty() {
            pools += usize::from(name.contains("pool"));
            continue;
        }
        // A model in the model has the weights of several layers.
        let mut layer: Vec<(String, usize)> = Vec::new();
        for weight in &weights {
            let dataset = format!("{path}/{weight}");
            let index = file.dataset(&dataset).ok_or_else(|| missing(&dataset))?;
            let owner = weight.rsplit_once('/').map_or(name.as_str(), |(owner, _)| owner);
            layer.push((owner.to_owned(), index));
        }
        let nested = layer.chunk_by(|(a, _), (b, _)| a == b).count() > 1;
        for chunk in layer.chunk_by(|(a, _), (b, _)| a == b) {
            let indices: Vec<_> = chunk.iter().map(|&(_, index)| index).collect();
            let owner = chunk[0].0.rsplit('/').next().unwrap_or(name).to_owned();
            let name = if nested { owner } else { name.clone() };
            push(&mut found, file, name, &indices, (listed_pools && !nested).then_some(pools))?;
        }
    }
    Ok(found)
}

/// `layers/conv2d_1/vars/0`: the weights files of Keras 3, which count the layers of each kind.
/// The name that the network gives a layer is an attribute.
fn numbered(file: &Hdf5) -> Result<Found, ImportError> {
    let mut groups: Vec<_> = file
        .groups()
        .filter_map(|(path, attributes)| Some((path.strip_suffix("/vars")?, path, attributes)))
        .filter(|(layer, ..)| !layer.starts_with("optimizer"))
        .collect();
    groups.sort_by_key(|(layer, ..)| natural(layer));
    let mut found = Found::default();
    for (layer, path, attributes) in groups {
        let weights: Vec<_> = (0..).map_while(|i| file.dataset(&format!("{path}/{i}"))).collect();
        if weights.is_empty() {
            continue;
        }
        let name = attributes.get("name").and_then(|one| one.first()).cloned();
        let name = name.unwrap_or_else(|| layer.rsplit('/').next().unwrap_or(layer).to_owned());
        push(&mut found, file, name, &weights, None)?;
    }
    Ok(found)
}

/// Adds a layer, which must have a kernel and a term.
fn push(
    found: &mut Found,
    file: &Hdf5,
    name: String,
    weights: &[usize],
    pools_before: Option<usize>,
) -> Result<(), ImportError> {
    let shape = |index: usize| file.stored()[index].shape.as_slice();
    if let [kernel, bias] = *weights {
        let out = match (shape(kernel), shape(bias)) {
            ([_, out], [term]) => *out == *term,
            ([first, .., last], [term]) if shape(kernel).len() == 4 => {
                first == term || last == term
            }
            _ => false,
        };
        if out {
            found.layers.push(Layer { name, kernel, bias, pools_before });
            return Ok(());
        }
    }
    let shapes: Vec<_> =
        weights.iter().map(|&index| crate::error::Shape(shape(index)).to_string()).collect();
    Err(ImportError::Network(format!(
        "layer `{name}` has weights of {}, but of Keras' networks only VGG is read: convolutions \
         and dense layers, each with a term and no normalisation",
        shapes.join(" and ")
    )))
}

/// A list of names, which Keras cuts in pieces when it is long.
fn list(attributes: &Attributes, key: &str) -> Option<Vec<String>> {
    attributes.get(key).cloned().or_else(|| {
        let pieces: Vec<_> =
            (0..).map_while(|i| attributes.get(&format!("{key}{i}")).cloned()).collect();
        (!pieces.is_empty()).then(|| pieces.concat())
    })
}

/// A path by which `conv2d_10` comes after `conv2d_9`, and `conv2d` before `conv2d_1`.
fn natural(path: &str) -> Vec<(String, u64)> {
    path.split('/')
        .map(|part| match part.rsplit_once('_').map(|(base, number)| (base, number.parse())) {
            Some((base, Ok(number))) => (base.to_owned(), number),
            _ => (part.to_owned(), 0),
        })
        .collect()
}

fn missing(path: &str) -> ImportError {
    ImportError::malformed(
        "Keras",
        format!(
            "`{path}` is named, but is not in the file (links to other files are not followed)"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the order of layers that are counted, of which VGG-16 has more than nine.
    #[test]
    fn ten_comes_after_nine() {
        let mut paths = ["conv2d_10", "conv2d_9", "conv2d", "conv2d_1", "dense_1", "dense"];
        paths.sort_by_key(|path| natural(path));
        assert_eq!(paths, ["conv2d", "conv2d_1", "conv2d_9", "conv2d_10", "dense", "dense_1"]);
    }
}
