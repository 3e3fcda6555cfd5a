//! The two passes of a resampling, over interleaved RGB samples.
//!
//! Each loop is compiled once for every generation of processors. Sums of integers do not depend on
//! their order, so the samples are the same on all of them.

use std::{array::from_fn, ops::Range};

use multiversion::multiversion;

use super::weights::{PRECISION, Windows};

/// Rows that are resampled at once, so that processors can add many samples by one instruction.
/// Those of a single row do not lie as they would have to.
const ROWS: usize = 16;

/// Samples of a column of so many rows.
const LANES: usize = ROWS * 3;

/// A column, and a byte for what [`View::turn`] writes too much.
type Column = [u8; LANES + 1];

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
        (first - self.rows.start..self.rows.len()).map(|rank| self.row(rank))
    }

    /// The samples of the row with this rank.
    fn row(&self, rank: usize) -> &'a [u8] {
        &self.samples[rank * self.stride..][..self.columns.len() * 3]
    }

    /// Turns some rows, from the one with this rank on, so that the samples of a column lie side by
    /// side. Below the last row are samples that nobody reads.
    fn turn(&self, first: usize, columns: &mut [Column]) {
        let last_rank = self.rows.len() - 1;
        let rows: [&[u8]; ROWS] = from_fn(|row| self.row((first + row).min(last_rank)));
        let Some((last, others)) = columns.split_last_mut() else { return };
        // Column by column, since processors are better at reading from many places than at writing there.
        for (index, column) in others.iter_mut().enumerate() {
            for (rank, row) in rows.iter().enumerate() {
                // Four bytes are one instruction and three are two; the next row writes over the fourth.
                column[rank * 3..][..4].copy_from_slice(&row[index * 3..][..4]);
            }
        }
        for (rank, row) in rows.iter().enumerate() {
            last[rank * 3..][..3].copy_from_slice(&row[row.len() - 3..]);
        }
    }

    /// The samples without any pass.
    pub(super) fn to_vec(&self) -> Vec<u8> {
        self.rows_from(self.rows.start).flatten().copied().collect()
    }
}

/// Resamples every row of a view.
pub(super) fn horizontal(view: &View<'_>, windows: &Windows) -> Vec<u8> {
    let (height, width) = (view.rows.len(), windows.len());
    let mut result = vec![0; height * width * 3];
    let mut columns = vec![[0; LANES + 1]; view.columns.len()];
    for (block, out) in result.chunks_mut(ROWS * width * 3).enumerate() {
        view.turn(block * ROWS, &mut columns);
        across(&columns, view.columns.start, windows, out);
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
            add(&mut sums, row, weight);
        }
        finish(&sums, out);
    }
    result
}

/// Resamples some rows at once, whose columns are turned and numbered from `start` on: as many as
/// `out` has room for.
#[multiversion(targets = "simd")]
fn across(columns: &[Column], start: usize, windows: &Windows, out: &mut [u8]) {
    let stride = windows.len() * 3;
    for (index, (first, weights)) in windows.iter().enumerate() {
        let mut sums = [HALF; LANES];
        for (column, &weight) in columns[first - start..].iter().zip(weights) {
            for (sum, &sample) in sums.iter_mut().zip(column) {
                *sum += i32::from(sample) * weight;
            }
        }
        let pixels = sums.map(narrow);
        let (pixels, _) = pixels.as_chunks::<3>();
        for (row, pixel) in out.chunks_exact_mut(stride).zip(pixels) {
            row[index * 3..][..3].copy_from_slice(pixel);
        }
    }
}

#[multiversion(targets = "simd")]
fn add(sums: &mut [i32], row: &[u8], weight: i32) {
    for (sum, &sample) in sums.iter_mut().zip(row) {
        *sum += i32::from(sample) * weight;
    }
}

#[multiversion(targets = "simd")]
fn finish(sums: &[i32], out: &mut [u8]) {
    for (out, &sum) in out.iter_mut().zip(sums) {
        *out = narrow(sum);
    }
}

/// From fixed point to a sample; a cubic may overshoot.
#[inline(always)]
fn narrow(sum: i32) -> u8 {
    (sum >> PRECISION).clamp(0, 255) as u8
}
