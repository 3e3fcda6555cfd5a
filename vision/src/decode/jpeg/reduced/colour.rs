//! From brightness and two colour differences to red, green and blue.

use multiversion::multiversion;

/// Bits of a factor behind the point.
const PRECISION: i32 = 16;

/// Converts a row of samples, as JFIF 1.02 has it.
#[multiversion(targets = "simd")]
pub(super) fn to_rgb(brightness: &[u8], blue: &[u8], red: &[u8], out: &mut [u8]) {
    const RED: i32 = factor(1.402);
    const GREEN_BLUE: i32 = factor(0.344_136);
    const GREEN_RED: i32 = factor(0.714_136);
    const BLUE: i32 = factor(1.772);
    let samples = brightness.iter().zip(blue).zip(red);
    for (out, ((&brightness, &blue), &red)) in out.as_chunks_mut::<3>().0.iter_mut().zip(samples) {
        let brightness = (i32::from(brightness) << PRECISION) + (1 << (PRECISION - 1));
        let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
        *out = [
            brightness + RED * red,
            brightness - GREEN_BLUE * blue - GREEN_RED * red,
            brightness + BLUE * blue,
        ]
        .map(|sum| (sum >> PRECISION).clamp(0, 255) as u8);
    }
}

/// Gives each of the three colours the same sample.
pub(super) fn grey_to_rgb(brightness: &[u8], out: &mut [u8]) {
    for (out, &sample) in out.as_chunks_mut::<3>().0.iter_mut().zip(brightness) {
        *out = [sample; 3];
    }
}

const fn factor(factor: f64) -> i32 {
    (factor * (1 << PRECISION) as f64 + 0.5) as i32
}
