//! Which input samples make an output sample, and with what weights.

use std::ops::Range;

/// Fractional bits of a weight: 32, less 8 for the sample and 2 for sums beyond it.
pub(super) const PRECISION: u32 = 32 - 8 - 2;

/// A filter that has weights.
#[derive(Debug, Clone, Copy)]
pub(super) enum Filter {
    /// Triangle.
    Bilinear,
    /// Keys' cubic.
    Bicubic,
}

/// The windows of a range of output samples along one axis.
#[derive(Debug)]
pub(super) struct Windows {
    windows: Vec<Window>,
    weights: Vec<i32>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    /// Input sample of the first weight.
    first: usize,
    /// Where the weights of this window begin.
    offset: usize,
    /// Number of weights.
    len: usize,
}

impl Windows {
    /// Windows of the output samples `range`, when `input` samples become `output`; they reach as far as
    /// `extent`, which may be within the last of them.
    pub(super) fn new(
        input: u32,
        extent: f64,
        output: u32,
        filter: Filter,
        range: Range<u32>,
    ) -> Self {
        // Names and order of operations are those of `precompute_coeffs`: the last bit of a
        // weight depends on it.
        let scale = extent / f64::from(output);
        let filter_scale = scale.max(1.0);
        let support = filter.support() * filter_scale;
        let inverse = 1.0 / filter_scale;
        let mut windows = Vec::with_capacity(range.len());
        let mut weights = Vec::new();
        let mut exact = Vec::new();
        for index in range {
            let center = (f64::from(index) + 0.5) * scale;
            // Float to integer conversion truncates and saturates at zero, as the original clamps.
            let first = (center - support + 0.5) as u32;
            let end = ((center + support + 0.5) as u32).min(input);
            exact.clear();
            exact.extend((0..end - first).map(|i| {
                // The whole of a sample but for the last one, perhaps.
                let covered = (extent - f64::from(first + i)).min(1.0);
                let distance = f64::from(i) + f64::from(first) - center + 0.5 * covered;
                filter.weight(distance * inverse) * covered
            }));
            let total: f64 = exact.iter().fold(0.0, |total, weight| total + weight);
            let offset = weights.len();
            weights.extend(
                exact
                    .iter()
                    .map(|weight| fixed_point(if total == 0.0 { *weight } else { weight / total })),
            );
            windows.push(Window { first: first as usize, offset, len: exact.len() });
        }
        Self { windows, weights }
    }

    /// The input samples that the windows need.
    pub(super) fn extent(&self) -> Range<usize> {
        let first = self.windows.iter().map(|window| window.first).min();
        let end = self.windows.iter().map(|window| window.first + window.len).max();
        first.unwrap_or(0)..end.unwrap_or(0)
    }

    /// Number of output samples.
    pub(super) fn len(&self) -> usize {
        self.windows.len()
    }

    /// First input sample and weights of each output sample in turn.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &[i32])> {
        self.windows
            .iter()
            .map(|window| (window.first, &self.weights[window.offset..window.offset + window.len]))
    }
}

impl Filter {
    /// Half of the width of the filter, in pixels of the coarser picture.
    fn support(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
        }
    }

    /// Weight at a distance from the centre: `bilinear_filter` and `bicubic_filter` of Pillow.
    fn weight(self, distance: f64) -> f64 {
        const A: f64 = -0.5;
        let x = distance.abs();
        match self {
            Self::Bilinear if x < 1.0 => 1.0 - x,
            Self::Bicubic if x < 1.0 => ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * A,
            Self::Bilinear | Self::Bicubic => 0.0,
        }
    }
}

/// Rounds a weight to fixed point, halves away from zero.
fn fixed_point(weight: f64) -> i32 {
    let scaled = weight * f64::from(1 << PRECISION);
    if weight < 0.0 { (scaled - 0.5) as i32 } else { (scaled + 0.5) as i32 }
}
