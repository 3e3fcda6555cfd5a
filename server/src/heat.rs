//! Heat maps as pictures.

use std::io::Cursor;

use app::wire::Explanation;
use image::{
    GrayImage, ImageBuffer, ImageEncoder, ImageResult, Luma, RgbImage,
    codecs::png::PngEncoder,
    imageops::{FilterType, resize},
};

/// How much of the colour covers the picture: enough to tell the colours apart, and what is below.
const OPACITY: f32 = 0.55;

/// A PNG of what the network saw, with the weights laid over it in the colours of viridis, which
/// people who see fewer colours can read, too.
///
/// # Errors
///
/// When the picture cannot be encoded, which would be a bug.
pub fn overlay(crop: &RgbImage, map: &Explanation) -> ImageResult<Vec<u8>> {
    let (width, height) = crop.dimensions();
    let weights = enlarged(map, width, height);
    let mut painted = crop.clone();
    for (pixel, weight) in painted.pixels_mut().zip(weights.pixels()) {
        let colour = colorous::VIRIDIS.eval_continuous(f64::from(weight.0[0]));
        for (sample, paint) in pixel.0.iter_mut().zip([colour.r, colour.g, colour.b]) {
            let mixed = f32::from(*sample) * (1.0 - OPACITY) + f32::from(paint) * OPACITY;
            *sample = mixed.round() as u8;
        }
    }
    encode(painted.as_raw(), width, height, image::ExtendedColorType::Rgb8)
}

/// A PNG of the weights alone, black for 0 and white for 1, `side` pixels wide and high.
///
/// # Errors
///
/// When the picture cannot be encoded, which would be a bug.
pub fn grey(map: &Explanation, side: u32) -> ImageResult<Vec<u8>> {
    let weights = enlarged(map, side, side);
    let level = |weight: &Luma<f32>| (weight.0[0] * 255.0).round() as u8;
    let painted = GrayImage::from_fn(side, side, |x, y| Luma([level(weights.get_pixel(x, y))]));
    encode(painted.as_raw(), side, side, image::ExtendedColorType::L8)
}

/// The weights at the size of a picture, with straight lines between the middles of the cells.
fn enlarged(map: &Explanation, width: u32, height: u32) -> ImageBuffer<Luma<f32>, Vec<f32>> {
    let empty = || ImageBuffer::new(map.width, map.height);
    let cells: ImageBuffer<Luma<f32>, _> =
        ImageBuffer::from_vec(map.width, map.height, map.weights.clone()).unwrap_or_else(empty);
    let mut weights = resize(&cells, width, height, FilterType::Triangle);
    for weight in weights.iter_mut() {
        *weight = weight.clamp(0.0, 1.0);
    }
    weights
}

fn encode(
    samples: &[u8],
    width: u32,
    height: u32,
    colour: image::ExtendedColorType,
) -> ImageResult<Vec<u8>> {
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new(&mut png).write_image(samples, width, height, colour)?;
    Ok(png.into_inner())
}
