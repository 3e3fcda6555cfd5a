//! Occlusion: hide a part of the picture and see what is lost.

use std::ops::Range;

use super::{ExplainError, Heatmap, Progress, step};
use crate::model::{Model, ModelError};

/// Cells along a side of the map, or as many as there are pixels. With 14, a picture of 224 pixels
/// has cells of 16, and about two hundred pictures are asked.
const CELLS: usize = 14;

/// Pictures in one run of the network.
const BATCH: usize = 8;

/// The pictures to ask a model about, for whoever asks it elsewhere.
///
/// For each cell a patch is hidden that is the cell and half a cell around it, so that neighbours
/// overlap by half: 32 pixels every 16 at a size of 224. What is hidden becomes 0, which is grey
/// where the preparation subtracts a mean, and black where it does not. A cell weighs what the
/// probability of the class loses.
#[derive(Debug, Clone, Copy)]
pub struct Occlusion {
    /// Cells along a side.
    side: usize,
    /// Pixels along a side.
    size: usize,
}

impl Occlusion {
    /// For pictures of `size` by `size` pixels.
    pub fn new(size: usize) -> Self {
        Self { side: CELLS.min(size), size }
    }

    /// Number of pictures with something hidden.
    pub fn cells(&self) -> usize {
        self.side * self.side
    }

    /// A prepared picture (`HWC f32`) without what lies in and around a cell.
    ///
    /// # Panics
    ///
    /// When the picture is not of this size, or there is no such cell.
    pub fn hidden(&self, pixels: &[f32], cell: usize) -> Vec<f32> {
        assert!(cell < self.cells(), "there are {} cells", self.cells());
        let rows = patch(cell / self.side, self.side, self.size);
        let columns = patch(cell % self.side, self.side, self.size);
        hidden(pixels, self.size, &rows, &columns)
    }

    /// The map, given the probability of the class for the whole picture, and for the picture
    /// without each of the cells.
    pub fn heatmap(&self, whole: f32, without: &[f32]) -> Heatmap {
        let lost: Vec<_> = without.iter().map(|left| whole - left).collect();
        Heatmap::new(self.side, self.side, &lost)
    }
}

/// Explains one prepared picture.
pub(super) fn explain(
    model: &Model,
    pixels: &[f32],
    class: usize,
    progress: Progress<'_>,
) -> Result<Heatmap, ExplainError> {
    let occlusion = Occlusion::new(model.size);
    let cells: Vec<usize> = (0..occlusion.cells()).collect();
    // One step for the picture as it is.
    let total = 1 + cells.len().div_ceil(BATCH);
    step(progress, 0, total)?;
    let whole = probabilities(model, &[pixels.to_vec()], class)?[0];
    step(progress, 1, total)?;
    let mut without = Vec::with_capacity(cells.len());
    for (done, cells) in (2..).zip(cells.chunks(BATCH)) {
        let pictures: Vec<_> = cells.iter().map(|&cell| occlusion.hidden(pixels, cell)).collect();
        without.extend(probabilities(model, &pictures, class)?);
        step(progress, done, total)?;
    }
    Ok(occlusion.heatmap(whole, &without))
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
