//! From the order of the numbers in a file to the order that torchvision's keys stand for.
//!
//! Every conversion is a permutation, stated as: which number of the file goes to this row and
//! column. A row is an index of the first axis, a column one of all the others together.

use std::fmt;

/// A permutation of the numbers of one tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transform {
    /// The same order; the shape may be another, as timm's `(out, in, 7, 7)` for a matrix.
    Copy,
    /// Kernels `OIHW`, turned by 180 degrees: Theano's convolution against correlation.
    Turn,
    /// Kernels `HWIO` of TensorFlow, perhaps turned, to `OIHW`.
    Kernel {
        /// Whether they are turned by 180 degrees besides.
        turn: bool,
    },
    /// A matrix `(in, out)` to `(out, in)`.
    Transpose,
    /// A matrix `(in, out)` after a flattened map `H, W, C` to `(out, in)` after one `C, H, W`.
    /// Without the permutation there is no error, but wrong answers.
    Flatten {
        /// Channels of the map.
        channels: usize,
    },
}

impl Transform {
    /// The shape that a tensor has in the file, for the shape that the network needs.
    pub(crate) fn stored_shape(&self, shape: &[usize]) -> Vec<usize> {
        match (self, shape) {
            (Self::Kernel { .. }, &[o, i, h, w]) => vec![h, w, i, o],
            (Self::Transpose | Self::Flatten { .. }, &[out, inner]) => vec![inner, out],
            _ => shape.to_vec(),
        }
    }

    /// The index in the file of the number that goes to a row and a column of a tensor that is of
    /// this shape afterwards. To be asked once for a tensor, since it prepares the sides.
    pub(crate) fn source(&self, shape: &[usize]) -> impl Fn(usize, usize) -> usize + use<> {
        let this = *self;
        let rows = shape.first().copied().unwrap_or(1);
        let columns: usize = shape.iter().skip(1).product();
        let kernel: usize = shape.iter().skip(2).product();
        move |row, column| match this {
            Self::Copy => row * columns + column,
            Self::Turn => {
                let (input, cell) = (column / kernel, column % kernel);
                row * columns + input * kernel + (kernel - 1 - cell)
            }
            Self::Kernel { turn } => {
                let (input, cell) = (column / kernel, column % kernel);
                let cell = if turn { kernel - 1 - cell } else { cell };
                (cell * (columns / kernel) + input) * rows + row
            }
            Self::Transpose => column * rows + row,
            Self::Flatten { channels } => {
                let cells = columns / channels;
                let (channel, cell) = (column / cells, column % cells);
                (cell * channels + channel) * rows + row
            }
        }
    }
}

impl fmt::Display for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Copy => "as it is",
            Self::Turn => "kernels turned by 180°",
            Self::Kernel { turn: false } => "HWIO to OIHW",
            Self::Kernel { turn: true } => "HWIO to OIHW, kernels turned by 180°",
            Self::Transpose => "transposed",
            Self::Flatten { .. } => "rows from H,W,C to C,H,W, transposed",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn apply(transform: Transform, shape: &[usize]) -> Vec<usize> {
        let source = transform.source(shape);
        let columns: usize = shape[1..].iter().product();
        (0..shape[0] * columns).map(|i| source(i / columns, i % columns)).collect()
    }

    /// Protects the formula for Keras' first dense layer, number by number as NumPy's
    /// `reshape(h, w, c, out).transpose(3, 2, 0, 1)` has it.
    #[test]
    fn a_flattened_map_is_taken_by_channels() {
        // Two cells in a row, three channels, two outputs.
        let found = apply(Transform::Flatten { channels: 3 }, &[2, 6]);
        assert_eq!(found, [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
    }

    #[test]
    fn kernels_turn_within_each_channel() {
        let found = apply(Transform::Turn, &[1, 2, 2, 2]);
        assert_eq!(found, [3, 2, 1, 0, 7, 6, 5, 4]);
    }

    proptest! {
        /// Protects against a number that is lost or doubled: each transform is a permutation.
        #[test]
        fn every_number_goes_somewhere(
            o in 1_usize..5, i in 1_usize..5, h in 1_usize..4, w in 1_usize..4, turn: bool,
        ) {
            let flat = [o, i * h * w];
            for (transform, shape) in [
                (Transform::Copy, &[o, i, h, w][..]),
                (Transform::Turn, &[o, i, h, w]),
                (Transform::Kernel { turn }, &[o, i, h, w]),
                (Transform::Transpose, &flat),
                (Transform::Flatten { channels: i }, &flat),
            ] {
                let mut found = apply(transform, shape);
                found.sort_unstable();
                prop_assert!(found.iter().copied().eq(0..o * i * h * w), "{transform:?}");
                let stored: usize = transform.stored_shape(shape).iter().product();
                prop_assert_eq!(stored, found.len());
            }
        }

        /// Protects `HWIO` to `OIHW`: the number of each place, by its four indices.
        #[test]
        fn kernels_are_permuted(o in 1_usize..5, i in 1_usize..5, h in 1_usize..4, w in 1_usize..4) {
            let source = Transform::Kernel { turn: false }.source(&[o, i, h, w]);
            for (row, c, y, x) in itertools(o, i, h, w) {
                let stored = ((y * w + x) * i + c) * o + row;
                prop_assert_eq!(source(row, (c * h + y) * w + x), stored);
            }
        }
    }

    fn itertools(o: usize, i: usize, h: usize, w: usize) -> Vec<(usize, usize, usize, usize)> {
        let mut all = Vec::new();
        for row in 0..o {
            for c in 0..i {
                for y in 0..h {
                    all.extend((0..w).map(|x| (row, c, y, x)));
                }
            }
        }
        all
    }
}
