//! What cameras and the web do to a picture.

use std::io::Cursor;

use image::{ImageFormat, codecs::jpeg::JpegEncoder};
use rand::{Rng, rngs::SmallRng};

use crate::canvas::Canvas;

/// Changes brightness, contrast, gamma, saturation and warmth.
pub fn expose(canvas: &mut Canvas, strength: f32, rng: &mut SmallRng) {
    let mut around_one = |size: f32| (rng.random_range(-size..size) * strength).exp();
    let (contrast, gamma, saturation) = (around_one(0.3), around_one(0.3), around_one(0.35));
    let gains = [around_one(0.12), around_one(0.08), around_one(0.12)];
    let brightness = around_one(0.25);
    // A table, because a power for each part of each pixel would take longer than all the rest.
    let curve: [f32; 257] = std::array::from_fn(|i| (i as f32 / 256.0).powf(gamma) * brightness);
    canvas.map(|_, _, pixel| {
        let grey = pixel.iter().sum::<f32>() / 3.0;
        std::array::from_fn(|i| {
            let part = grey + (pixel[i] - grey) * saturation;
            let part = ((part - 0.5) * contrast + 0.5).clamp(0.0, 1.0) * 256.0;
            let low = (part as usize).min(255);
            let lit = curve[low] + (curve[low + 1] - curve[low]) * (part - low as f32);
            (lit * gains[i]).clamp(0.0, 1.0)
        })
    });
}

/// Lays light and shadow over the picture: a slope, a lit spot, the edge of a shadow.
pub fn light(canvas: &mut Canvas, strength: f32, rng: &mut SmallRng) {
    let slope: [f32; 2] = std::array::from_fn(|_| rng.random_range(-0.5..0.5) * strength);
    let spot: [f32; 2] = std::array::from_fn(|_| rng.random_range(-0.2..1.2));
    let glow = if rng.random_bool(0.4) { rng.random_range(-0.4..0.6) * strength } else { 0.0 };
    let (sine, cosine) = rng.random_range(0.0..6.3f32).sin_cos();
    let offset = rng.random_range(-0.4..0.4);
    let shadow = if rng.random_bool(0.3) { rng.random_range(0.1..0.55) * strength } else { 0.0 };
    let softness = rng.random_range(4.0..40.0);
    canvas.map(|x, y, pixel| {
        let (dx, dy) = (x - spot[0], y - spot[1]);
        let mut factor = 1.0 + slope[0] * (x - 0.5) + slope[1] * (y - 0.5);
        factor += glow * (-(dx * dx + dy * dy) * 6.0).exp();
        let side = cosine * (x - 0.5) + sine * (y - 0.5) - offset;
        factor *= 1.0 - shadow * (side * softness).clamp(0.0, 1.0);
        pixel.map(|part| part * factor)
    });
}

/// Blurs along both axes with (about) Gaussians of these widths in pixels.
pub fn blur(canvas: &mut Canvas, across: f32, down: f32) {
    let (width, height) = (canvas.width, canvas.height);
    if across > 0.2 {
        convolve(canvas, &kernel(across), 1, width, |i| i % width);
    }
    if down > 0.2 {
        convolve(canvas, &kernel(down), width, height, |i| i / width);
    }
}

/// Adds grain.
pub fn noise(canvas: &mut Canvas, strength: f32, rng: &mut SmallRng) {
    let coloured = rng.random_bool(0.5);
    for pixel in &mut canvas.pixels {
        // Four times eight bits of one draw: noise for a picture is not worth more.
        let bits: [u8; 4] = rng.random::<u32>().to_le_bytes();
        for i in 0..3 {
            let draw = f32::from(bits[if coloured { i } else { 3 }]) / 127.5 - 1.0;
            pixel[i] += draw * strength * 1.7;
        }
    }
}

/// Sends the picture through JPEG.
pub fn jpeg(canvas: &mut Canvas, quality: u8) {
    let mut file = Vec::new();
    let image = canvas.to_image();
    if JpegEncoder::new_with_quality(&mut file, quality).encode_image(&image).is_ok()
        && let Ok(decoded) = image::load(Cursor::new(file), ImageFormat::Jpeg)
    {
        *canvas = Canvas::from_image(&decoded.to_rgb8());
    }
}

fn kernel(sigma: f32) -> Vec<f32> {
    let radius = (sigma * 2.5).ceil() as i32;
    let weights: Vec<f32> =
        (-radius..=radius).map(|i| (-((i * i) as f32) / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

fn convolve(
    canvas: &mut Canvas,
    kernel: &[f32],
    stride: usize,
    length: usize,
    place: impl Fn(usize) -> usize,
) {
    let radius = kernel.len() / 2;
    let source = canvas.pixels.clone();
    for (i, pixel) in canvas.pixels.iter_mut().enumerate() {
        let at = place(i);
        let start = i - at * stride;
        let mut sum = [0.0; 3];
        for (j, weight) in kernel.iter().enumerate() {
            let other = (at + j).saturating_sub(radius).min(length - 1);
            for (total, part) in sum.iter_mut().zip(source[start + other * stride]) {
                *total += part * weight;
            }
        }
        *pixel = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blurring_keeps_a_plain_picture_plain() {
        let mut canvas = Canvas::plain(9, 7, [0.25, 0.5, 0.75]);
        blur(&mut canvas, 1.5, 0.8);
        for pixel in canvas.pixels {
            assert!((pixel[0] - 0.25).abs() < 1e-5 && (pixel[2] - 0.75).abs() < 1e-5);
        }
    }
}
