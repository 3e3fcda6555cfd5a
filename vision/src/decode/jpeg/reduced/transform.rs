//! The inverse cosine transform to fewer samples than a block of 8 x 8 has.
//!
//! With only the lowest `n` of eight frequencies along an axis, an inverse transform of `n` points gives
//! a block of `n` samples that looks the same, the highest frequencies apart. The formula is that of
//! ITU-T T.81, A.3.3, with `n` for 8 in the cosines: the factor `1/2 C(k)` of an axis stays as it is.
//! libjpeg-turbo averages neighbours of the whole block instead, which changes more for whoever resamples
//! what is left.

use multiversion::multiversion;

/// Turns dequantised coefficients, in rows of eight, into rows of samples that begin `stride` apart.
pub(super) type Transform = fn(&[i32; 64], &mut [u8], stride: usize);

/// Transforms to 2, 4 or 8 samples across and down; `None` for other numbers, or two that differ by more
/// than twice.
pub(super) fn to(across: usize, down: usize) -> Option<Transform> {
    macro_rules! transform {
        ($across:ident, $down:ident) => {{
            #[multiversion(targets = "simd")]
            fn transform(block: &[i32; 64], out: &mut [u8], stride: usize) {
                inverse(&$across, &$down, block, out, stride);
            }
            transform
        }};
    }
    Some(match (across, down) {
        (2, 2) => transform!(TWO, TWO),
        (4, 2) => transform!(FOUR, TWO),
        (2, 4) => transform!(TWO, FOUR),
        (4, 4) => transform!(FOUR, FOUR),
        (8, 4) => transform!(EIGHT, FOUR),
        (4, 8) => transform!(FOUR, EIGHT),
        (8, 8) => transform!(EIGHT, EIGHT),
        _ => return None,
    })
}

/// A block of which every sample is the same, which the DC coefficient alone makes.
pub(super) fn flat(dc: i32, (across, down): (usize, usize), out: &mut [u8], stride: usize) {
    let sample = sample(dc as f32 / 8.0);
    for row in out.chunks_mut(stride).take(down) {
        row[..across].fill(sample);
    }
}

/// `cos(k pi / 16) / 2`.
const C1: f32 = 0.490_392_64;
const C2: f32 = 0.461_939_77;
const C3: f32 = 0.415_734_8;
const C4: f32 = 0.353_553_39;
const C5: f32 = 0.277_785_12;
const C6: f32 = 0.191_341_72;
const C7: f32 = 0.097_545_16;

/// For each frequency what it adds to each sample.
type Basis<const N: usize> = [[f32; N]; N];

const TWO: Basis<2> = [[C4, C4], [C4, -C4]];
const FOUR: Basis<4> =
    [[C4, C4, C4, C4], [C2, C6, -C6, -C2], [C4, -C4, -C4, C4], [C6, -C2, C2, -C6]];
const EIGHT: Basis<8> = [
    [C4, C4, C4, C4, C4, C4, C4, C4],
    [C1, C3, C5, C7, -C7, -C5, -C3, -C1],
    [C2, C6, -C6, -C2, -C2, -C6, C6, C2],
    [C3, -C7, -C1, -C5, C5, C1, C7, -C3],
    [C4, -C4, -C4, C4, C4, -C4, -C4, C4],
    [C5, -C1, C7, C3, -C3, -C7, C1, -C5],
    [C6, -C2, C2, -C6, -C6, C2, -C2, C6],
    [C7, -C5, C3, -C1, C1, -C3, C5, -C7],
];

#[inline(always)]
fn inverse<const X: usize, const Y: usize>(
    across: &Basis<X>,
    down: &Basis<Y>,
    block: &[i32; 64],
    out: &mut [u8],
    stride: usize,
) {
    for (y, column) in columns::<X, Y>(down, block).iter().enumerate() {
        let mut row = [0.0; X];
        for (&coefficient, basis) in column.iter().zip(across) {
            for x in 0..X {
                row[x] += coefficient * basis[x];
            }
        }
        out[y * stride..][..X].copy_from_slice(&row.map(sample));
    }
}

/// The inverse transform of the first columns, each by itself.
///
/// A function of its own, since the compiler takes the numbers one by one where it sees that they are
/// asked for one by one.
#[inline(never)]
fn columns<const X: usize, const Y: usize>(down: &Basis<Y>, block: &[i32; 64]) -> [[f32; X]; Y] {
    let mut columns = [[0.0; X]; Y];
    for (basis, row) in down.iter().zip(block.as_chunks::<8>().0) {
        for (column, &weight) in columns.iter_mut().zip(basis) {
            for x in 0..X {
                column[x] += weight * row[x] as f32;
            }
        }
    }
    columns
}

/// The nearest sample to a value around zero.
#[inline(always)]
fn sample(value: f32) -> u8 {
    // 1.5 x 2^23: added to a number, it leaves the nearest integer in the lowest bits, in all lanes at once.
    const ROUND: f32 = 12_582_912.0;
    let value = value + 128.0;
    // Not `clamp`, which takes three instructions more to see to what is no number.
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    (value + ROUND).to_bits() as u8
}
