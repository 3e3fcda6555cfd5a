//! Grad-CAM: the channels of a convolutional map, weighted by what they do for a logit.

use tch::{TchError, Tensor};

use super::{ExplainError, Heatmap, Progress, step};
use crate::model::ModelError;
use crate::weights::LoadedNetwork;

/// Least side in cells of the map that is shown. The paper takes the last map, which means most; at
/// 224 pixels that has 14 cells in VGG (before the last pool, as in the paper) and 7 in a residual
/// network. For smaller pictures it would have one or two, so the last one with this many is taken.
const MIN_SIDE: usize = 7;

/// Explains one picture `(1, 3, size, size)`.
pub(super) fn explain(
    network: &LoadedNetwork,
    input: &Tensor,
    size: usize,
    class: usize,
    progress: Progress<'_>,
) -> Result<Heatmap, ExplainError> {
    let stage = stage(&network.sides(size));
    step(progress, 0, 2)?;
    let activation = activation(network, input, stage).map_err(ModelError::from)?;
    step(progress, 1, 2)?;
    let map = map(network, &activation, stage, class).map_err(ModelError::from)?;
    let (height, width) = map.size2().map_err(ModelError::from)?;
    let weights: Vec<f32> =
        Vec::try_from(map.f_flatten(0, -1).map_err(ModelError::from)?).map_err(ModelError::from)?;
    if !weights.iter().all(|weight| weight.is_finite()) {
        return Err(ExplainError::NotFinite);
    }
    step(progress, 2, 2)?;
    Ok(Heatmap::new(width as usize, height as usize, &weights))
}

/// The last stage whose map is fine enough, or the first if none is.
fn stage(sides: &[usize]) -> usize {
    sides.iter().rposition(|&side| side >= MIN_SIDE).unwrap_or(0)
}

fn activation(network: &LoadedNetwork, input: &Tensor, stage: usize) -> Result<Tensor, TchError> {
    let _guard = tch::no_grad_guard();
    network.trunk(input, stage)
}

/// The map `(side, side)` before negative values are left out: the channels, each weighted by the
/// mean over the map of the gradient of the logit, and added up.
fn map(
    network: &LoadedNetwork,
    activation: &Tensor,
    stage: usize,
    class: usize,
) -> Result<Tensor, TchError> {
    let activation = activation.f_detach()?.f_set_requires_grad(true)?;
    // The gradient is asked for rather than left with the tensors, so nothing stays behind.
    let gradient = tch::with_grad(|| {
        let logits = network.head(&activation, stage)?;
        let logit = logits.f_select(1, class as i64)?.f_sum(tch::Kind::Float)?;
        let mut gradients = Tensor::f_run_backward(&[&logit], &[&activation], false, false)?;
        Ok::<_, TchError>(gradients.swap_remove(0))
    })?;
    let _guard = tch::no_grad_guard();
    let weights = gradient.f_mean_dim([2_i64, 3].as_slice(), true, tch::Kind::Float)?;
    activation.f_detach()?.f_mul(&weights)?.f_sum_dim_intlist(
        [0_i64, 1].as_slice(),
        false,
        tch::Kind::Float,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the fineness of the map: the layer goes by the size of the pictures.
    #[test]
    fn the_last_fine_map_is_taken() {
        assert_eq!(stage(&[224, 112, 56, 28, 14]), 4, "VGG at 224 pixels");
        assert_eq!(stage(&[56, 28, 14, 7]), 3, "a residual network at 224 pixels");
        assert_eq!(stage(&[64, 32, 16, 8]), 3, "four stages at 64 pixels");
        assert_eq!(stage(&[16, 8, 4, 2]), 1, "a residual network at 64 pixels");
        assert_eq!(stage(&[4, 2]), 0, "nothing is fine enough");
    }
}
