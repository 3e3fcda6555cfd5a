//! The two passes of a resampling, over interleaved RGB samples.

use std::ops::Range;

use super::weights::{PRECISION, Windows};

/// One half in fixed point, so that the shift at the end rounds.
const HALF: i32 = 1 << (PRECISION - 1);

/// A rectangle of samples that a pass reads.
///
/// Rows and columns are numbered as the windows number them, wherever the rectangle lies.
#[derive(Debug, Clone)]
pub(super) struct View<'a> {
    samples: &'a [u8],
    /// Bytes from a row to the next.
    stride: usize,
    rows: Range<usize>,
    columns: Range<usize>,
}

impl<'a> View<'a> {
    /// A rectangle of a picture of this width.
    pub(super) fn of_picture(
        samples: &'a [u8],
        width: usize,
        rows: Range<usize>,
        columns: Range<usize>,
    ) -> Self {
        let samples = &samples[(rows.start * width + columns.start) * 3..];
        Self { samples, stride: width * 3, rows, columns }
    }

    /// The result of a pass, which has nothing besides what is needed.
    pub(super) fn of_pass(samples: &'a [u8], rows: Range<usize>, columns: Range<usize>) -> Self {
        Self { samples, stride: columns.len() * 3, rows, columns }
    }

    /// The samples of some rows, from `first` on.
    fn rows_from(&self, first: usize) -> impl Iterator<Item = &'a [u8]> {
        let len = self.columns.len() * 3;
        let (samples, stride) = (self.samples, self.stride);
        (first - self.rows.start..self.rows.len())
            .map(move |row| &samples[row * stride..row * stride + len])
    }

    /// The samples without any pass.
    pub(super) fn to_vec(&self) -> Vec<u8> {
        self.rows_from(self.rows.start).flatten().copied().collect()
    }
}

/// Resamples every row of a view.
pub(super) fn horizontal(view: &View<'_>, windows: &Windows) -> Vec<u8> {
    let mut result = vec![0; view.rows.len() * windows.len() * 3];
    let rows = view.rows_from(view.rows.start).zip(result.chunks_exact_mut(windows.len() * 3));
    for (row, out) in rows {
        let (row, _) = row.as_chunks::<3>();
        let (out, _) = out.as_chunks_mut::<3>();
        for (pixel, (first, weights)) in out.iter_mut().zip(windows.iter()) {
            let first = first - view.columns.start;
            let (mut red, mut green, mut blue) = (HALF, HALF, HALF);
            for (sample, &weight) in row[first..first + weights.len()].iter().zip(weights) {
                red += i32::from(sample[0]) * weight;
                green += i32::from(sample[1]) * weight;
                blue += i32::from(sample[2]) * weight;
            }
            *pixel = [narrow(red), narrow(green), narrow(blue)];
        }
    }
    result
}

/// Resamples every column of a view.
pub(super) fn vertical(view: &View<'_>, windows: &Windows) -> Vec<u8> {
    let stride = view.columns.len() * 3;
    let mut result = vec![0; windows.len() * stride];
    let mut sums = vec![HALF; stride];
    for (out, (first, weights)) in result.chunks_exact_mut(stride).zip(windows.iter()) {
        sums.fill(HALF);
        // Row by row rather than column by column: memory is read in its order.
        for (row, &weight) in view.rows_from(first).zip(weights) {
            for (sum, &sample) in sums.iter_mut().zip(row) {
                *sum += i32::from(sample) * weight;
            }
        }
        for (out, &sum) in out.iter_mut().zip(&sums) {
            *out = narrow(sum);
        }
    }
    result
}

/// From fixed point to a sample; a cubic may overshoot.
fn narrow(sum: i32) -> u8 {
    (sum >> PRECISION).clamp(0, 255) as u8
}
