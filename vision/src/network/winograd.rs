//! Convolutions of 3 x 3 with fewer multiplications.
//!
//! F(2 x 2, 3 x 3) of Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015): four cells of
//! the result take sixteen multiplications for each pair of channels instead of 36, and some sums for each
//! channel. As fewer numbers are summed at once, it is as exact: with 256 channels without negative numbers the
//! largest error is 2.7e-6 instead of 6.6e-6. Tiles of four by four would save more, with kernels four times as
//! large, and with an error of 5.5e-5.

use tch::{Kind, TchError, Tensor};

use super::fused::{PackedKernel, Packing, Window};

/// Cells of a tile with those that it looks at, and kernels of 1 x 1.
const CELLS: i64 = 16;

/// From a side of a kernel to that of a tile: the matrix `G` of the paper.
const SPREAD: [[f64; 3]; 4] = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.0, 0.0, 1.0]];

/// And back: `COLLECT x SPREAD` is the unit matrix.
const COLLECT: [[f64; 4]; 3] = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, -1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];

/// How much the channels must have to do for each sum. By measuring on two threads: 256 channels to 256 on maps
/// of 56 x 56 take 10.5 instead of 16.8 ms, 128 to 256 6.2 instead of 8.7, 128 to 128 3.8 instead of 4.4, and 64
/// to 64 as long as before.
const LEAST_WORK: i64 = 64;

/// Below, 256 channels to 256 take 5 % less time on maps of 28 x 28, and as long as before on 14 x 14.
const LEAST_SIDE: i64 = 56;

/// Rows of tiles. With two at a time the kernel is read so often that it takes as long as before.
const LEAST_BAND: i64 = 4;

/// What oneDNN has in a register at once, so that no part of one is wasted.
const LANES: i64 = 16;

/// In bytes. Kernels become 16/9 of what they were, which all has to be in memory, and to be read for each picture.
const LARGEST: i64 = 4 << 20;

/// In bytes, what is made of a map at a time, at most, unless that is a single row. A cache holds that, and what
/// comes of it.
const BAND: i64 = 4 << 20;

/// A kernel for tiles.
#[derive(Debug)]
pub(super) struct TiledKernel {
    /// Sixteen kernels of 1 x 1.
    kernel: PackedKernel,
    /// For each of their outputs.
    bias: Tensor,
    /// Cells across and down of the maps that it was made for.
    side: i64,
    /// Rows of tiles at a time.
    band: i64,
}

/// Whether a kernel `OIHW` is worth it for maps with sides of so many cells.
pub(super) fn pays(weight: &Tensor, window: Window, side: usize, kind: Kind) -> bool {
    // How fast oneDNN is with groups was measured for these processors alone.
    if cfg!(not(target_arch = "x86_64")) || kind != Kind::Float {
        return false;
    }
    let &[to, from, 3, 3] = weight.size().as_slice() else { return false };
    let side = side as i64;
    window == Window { stride: 1, padding: 1 }
        && side >= LEAST_SIDE
        && side % 2 == 0
        && band(from.max(to), side / 2) >= LEAST_BAND
        && from % LANES == 0
        && to % LANES == 0
        && from * to / (from + to) >= LEAST_WORK
        && from * to * CELLS * size_of::<f32>() as i64 <= LARGEST
}

impl TiledKernel {
    /// Makes a kernel `OIHW` ready for maps with sides of so many cells.
    pub(super) fn new(
        weight: &Tensor,
        bias: Option<&Tensor>,
        side: usize,
        packing: &Packing,
    ) -> Result<Self, TchError> {
        let &[to, from, 3, 3] = weight.size().as_slice() else { return Err(not_tiled(weight)) };
        // Columns before rows, as the cells of a tile are laid out.
        let tiled = along_both(&SPREAD, weight)?.f_permute([3, 2, 0, 1])?;
        let tiled = tiled.f_reshape([CELLS * to, from, 1, 1])?;
        // What is in the second row and column of a tile is in all four cells of the result.
        let bias_of_tile = Tensor::f_zeros([4, 4, to], (Kind::Float, weight.device()))?;
        if let Some(bias) = bias {
            bias_of_tile.f_get(1)?.f_get(1)?.f_copy_(bias)?;
        }
        let window = Window { stride: 1, padding: 0 };
        let side = side as i64;
        let band = band(from.max(to), side / 2);
        let kernel = PackedKernel::of_groups(&tiled, CELLS, window, [band, side / 2], packing)?;
        Ok(Self { kernel, bias: bias_of_tile.f_view(-1)?, side, band })
    }

    /// Whether a map is of the size that it was made for.
    fn fits(&self, xs: &Tensor) -> bool {
        matches!(xs.size().as_slice(), &[_, _, height, width] if [height, width] == [self.side; 2])
    }

    /// The next map. `None` if it was made for maps of another size, or if there may be an infinity in it: sums of
    /// those come to nothing, where products stay what they are.
    pub(super) fn forward(&self, xs: &Tensor) -> Result<Option<Tensor>, TchError> {
        if !self.fits(xs) {
            return Ok(None);
        }
        let ys = self.kernel.tiled(xs, &self.bias, self.band)?;
        let sum = ys.f_sum(Kind::Float)?.f_double_value(&[])?;
        Ok(sum.is_finite().then_some(ys))
    }

    /// The kernel as everybody else reads it, `OIHW`: a copy that is as exact as its largest numbers are.
    pub(super) fn unpacked(&self) -> Result<Tensor, TchError> {
        let tiled = self.kernel.unpacked()?;
        let &[all, from, 1, 1] = tiled.size().as_slice() else { return Err(not_tiled(&tiled)) };
        let tiled = tiled.f_view([4, 4, all / CELLS, from])?.f_permute([2, 3, 1, 0])?;
        along_both(&COLLECT, &tiled)
    }
}

fn not_tiled(weight: &Tensor) -> TchError {
    TchError::Shape(format!("no kernel for tiles is made of {:?}", weight.size()))
}

/// How many rows of so many tiles with so many channels are taken at a time, each time the same.
fn band(channels: i64, tiles: i64) -> i64 {
    let row = tiles * CELLS * channels * size_of::<f32>() as i64;
    (1..=tiles).rev().find(|rows| tiles % rows == 0 && rows * row <= BAND).unwrap_or(1)
}

/// Takes the last two axes to others by the same matrix, as exactly as `f64` is.
fn along_both<const ROWS: usize, const COLUMNS: usize>(
    matrix: &[[f64; COLUMNS]; ROWS],
    kernels: &Tensor,
) -> Result<Tensor, TchError> {
    let matrix = Tensor::f_from_slice(matrix.as_flattened())?;
    let matrix = matrix.f_view([ROWS as i64, COLUMNS as i64])?;
    let rows = matrix.f_matmul(&kernels.f_to_kind(Kind::Double)?)?;
    rows.f_matmul(&matrix.f_transpose(0, 1)?)?.f_to_kind(Kind::Float)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tch::Device;

    use super::*;

    fn random(shape: &[i64]) -> Tensor {
        Tensor::randn(shape, (Kind::Float, Device::Cpu))
    }

    fn window(stride: i64, padding: i64) -> Window {
        Window { stride, padding }
    }

    /// Protects the numbers: a convolution in `f64` is the measure. The last two take several bands, and one row
    /// of tiles at a time.
    #[test]
    fn tiles_are_a_convolution() {
        let packing = Packing::new(Kind::Float).unwrap();
        for (pictures, from, to, side) in
            [(2, 24, 40, 10), (1, 8, 8, 2), (3, 128, 64, 8), (2, 64, 32, 72), (1, 2050, 2, 64)]
        {
            let (weight, bias) = (random(&[to, from, 3, 3]), random(&[to]));
            let xs = random(&[pictures, from, side, side]);
            let tiled = TiledKernel::new(&weight, Some(&bias), side as usize, &packing).unwrap();
            let ours = tiled.forward(&xs).unwrap().unwrap();
            assert_eq!(ours.size(), [pictures, to, side, side]);
            let [xs, weight, bias] = [xs, weight, bias].map(|it| it.to_kind(Kind::Double));
            let exact = xs.conv2d(&weight, Some(bias), [1, 1], [1, 1], [1, 1], 1);
            let largest = |ys: Tensor| ys.abs().max().double_value(&[]);
            let apart = largest(ours.to_kind(Kind::Double) - &exact) / largest(exact);
            assert!(apart < 2e-6, "{from} to {to}: {apart}");
        }
    }

    /// Protects what has a gradient or another size.
    #[test]
    fn a_kernel_comes_back() {
        let packing = Packing::new(Kind::Float).unwrap();
        let weight = random(&[20, 12, 3, 3]);
        let tiled = TiledKernel::new(&weight, None, 8, &packing).unwrap();
        let apart = (tiled.unpacked().unwrap() - &weight).abs().max().double_value(&[]);
        assert!(apart < 1e-6, "{apart}");
        assert!(tiled.fits(&random(&[2, 12, 8, 8])) && !tiled.fits(&random(&[2, 12, 8, 7])));
    }

    #[test]
    fn bands_are_equal_and_fit_into_a_cache() {
        assert_eq!([band(256, 28), band(512, 14), band(256, 14)], [7, 7, 14]);
        assert_eq!([band(128, 56), band(1, 29), band(4096, 28)], [8, 29, 1]);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn where_it_pays() {
        let of =
            |to, from, side: i64| Tensor::zeros([to, from, side, side], (Kind::Float, Device::Cpu));
        let same = window(1, 1);
        assert!(pays(&of(256, 256, 3), same, 56, Kind::Float));
        assert!(pays(&of(128, 128, 3), same, 112, Kind::Float));
        for (weight, window, side, kind) in [
            (of(256, 256, 3), same, 56, Kind::BFloat16),
            (of(256, 256, 3), same, 57, Kind::Float),
            (of(256, 256, 3), same, 58, Kind::Float),
            (of(256, 256, 3), same, 28, Kind::Float),
            (of(256, 256, 3), window(2, 1), 56, Kind::Float),
            (of(256, 256, 3), window(1, 0), 56, Kind::Float),
            (of(256, 256, 1), same, 56, Kind::Float),
            (of(256, 250, 3), same, 56, Kind::Float),
            (of(128, 64, 3), same, 56, Kind::Float),
            (of(512, 256, 3), same, 56, Kind::Float),
        ] {
            assert!(!pays(&weight, window, side, kind), "{weight:?}, {window:?}, {side}, {kind:?}");
        }
    }
}
