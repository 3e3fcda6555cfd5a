//! Occlusion: hide a part of the picture and see what is lost.

use std::ops::Range;

use super::{ExplainError, Heatmap, Progress, step};
use crate::model::{Model, ModelError};

/// Cells along a side of the map, or as many as there are pixels. With 14, a picture of 224 pixels
/// has cells of 16, and about two hundred pictures are asked.
const CELLS: usize = 14;

/// Pictures in one run of the network.
const BATCH: usize = 8;

/// Explains one prepared picture.
///
/// For each cell a patch is hidden that is the cell and half a cell around it, so that neighbours
/// overlap by half: 32 pixels every 16 at a size of 224. What is hidden becomes 0, which is grey
/// where the preparation subtracts a mean, and black where it does not. A cell weighs what the
/// probability of the class loses.
pub(super) fn explain(
    model: &Model,
    pixels: &[f32],
    class: usize,
    progress: Progress<'_>,
) -> Result<Heatmap, ExplainError> {
    let side = CELLS.min(model.size);
    let patches: Vec<(Range<usize>, Range<usize>)> = (0..side * side)
        .map(|cell| (patch(cell / side, side, model.size), patch(cell % side, side, model.size)))
        .collect();
    // One step for the picture as it is.
    let total = 1 + patches.len().div_ceil(BATCH);
    step(progress, 0, total)?;
    let whole = probabilities(model, &[pixels.to_vec()], class)?[0];
    step(progress, 1, total)?;
    let mut lost = Vec::with_capacity(patches.len());
    for (done, patches) in (2..).zip(patches.chunks(BATCH)) {
        let pictures: Vec<_> = patches
            .iter()
            .map(|(rows, columns)| hidden(pixels, model.size, rows, columns))
            .collect();
        lost.extend(probabilities(model, &pictures, class)?.iter().map(|left| whole - left));
        step(progress, done, total)?;
    }
    Ok(Heatmap::new(side, side, &lost))
}

/// Pixels of the patch around a cell along one axis.
fn patch(cell: usize, cells: usize, size: usize) -> Range<usize> {
    // Half cells, so that the margin is one of them.
    let edge = |half: usize| half * size / (2 * cells);
    edge((2 * cell).saturating_sub(1))..edge((2 * cell + 3).min(2 * cells)).max(1)
}

/// A picture without what is in these rows and columns.
fn hidden(pixels: &[f32], size: usize, rows: &Range<usize>, columns: &Range<usize>) -> Vec<f32> {
    let mut picture = pixels.to_vec();
    for row in rows.clone() {
        picture[(row * size + columns.start) * 3..(row * size + columns.end) * 3].fill(0.0);
    }
    picture
}

/// The probability of a class for each picture.
fn probabilities(
    model: &Model,
    pictures: &[Vec<f32>],
    class: usize,
) -> Result<Vec<f32>, ModelError> {
    let raw = model.logits(pictures)?;
    Ok(raw.iter().map(|raw| model.output.probabilities(raw)[class]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the geometry that the documentation states, and that every pixel is hidden once
    /// at least.
    #[test]
    fn patches_overlap_by_half_and_cover_everything() {
        assert_eq!(patch(0, 14, 224), 0..24);
        assert_eq!(patch(1, 14, 224), 8..40);
        assert_eq!(patch(2, 14, 224), 24..56);
        assert_eq!(patch(13, 14, 224), 200..224);
        for size in [1, 2, 3, 13, 14, 15, 32, 64, 97, 224, 1024] {
            let cells = CELLS.min(size);
            let mut covered = 0;
            for cell in 0..cells {
                let range = patch(cell, cells, size);
                assert!(range.start <= covered && range.start < range.end, "{size} {range:?}");
                covered = range.end;
            }
            assert_eq!(covered, size);
        }
    }
}
