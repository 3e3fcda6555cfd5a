//! From luma, Cb and Cr to red, green and blue.

use multiversion::multiversion;

/// Bits of a factor behind the point.
const PRECISION: i32 = 16;

/// Converts a row of samples, as JFIF 1.02 has it.
#[multiversion(targets = "simd")]
pub(super) fn to_rgb(luma: &[u8], cb: &[u8], cr: &[u8], out: &mut [u8]) {
    const RED: i32 = factor(1.402);
    const GREEN_BLUE: i32 = factor(0.344_136);
    const GREEN_RED: i32 = factor(0.714_136);
    const BLUE: i32 = factor(1.772);
    let samples = luma.iter().zip(cb).zip(cr);
    for (out, ((&luma, &cb), &cr)) in out.as_chunks_mut::<3>().0.iter_mut().zip(samples) {
        let luma = (i32::from(luma) << PRECISION) + (1 << (PRECISION - 1));
        let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
        *out = [luma + RED * cr, luma - GREEN_BLUE * cb - GREEN_RED * cr, luma + BLUE * cb]
            .map(|sum| (sum >> PRECISION).clamp(0, 255) as u8);
    }
}

/// Gives each of the three colours the same sample.
pub(super) fn grey_to_rgb(grey: &[u8], out: &mut [u8]) {
    for (out, &sample) in out.as_chunks_mut::<3>().0.iter_mut().zip(grey) {
        *out = [sample; 3];
    }
}

const fn factor(factor: f64) -> i32 {
    (factor * (1 << PRECISION) as f64 + 0.5) as i32
}
