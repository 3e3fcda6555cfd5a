//! A picture in the making: red, green and blue from 0 to 1 as numbers that may overshoot.

use image::RgbImage;
use rand::{Rng, rngs::SmallRng};

/// A colour.
pub type Colour = [f32; 3];

/// A picture in the making.
#[derive(Debug, Clone)]
pub struct Canvas {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Row by row.
    pub pixels: Vec<Colour>,
}

impl Canvas {
    /// A canvas of one colour.
    pub fn plain(width: usize, height: usize, colour: Colour) -> Self {
        Self { width, height, pixels: vec![colour; width * height] }
    }

    /// Lays a colour over a pixel.
    pub fn blend(&mut self, x: usize, y: usize, colour: Colour, opacity: f32) {
        let pixel = &mut self.pixels[y * self.width + x];
        for (under, over) in pixel.iter_mut().zip(colour) {
            *under += (over - *under) * opacity;
        }
    }

    /// Changes every pixel by its place in `0..1` and its colour.
    pub fn map(&mut self, change: impl Fn(f32, f32, Colour) -> Colour) {
        let (width, height) = (self.width as f32, self.height as f32);
        for (y, row) in self.pixels.chunks_exact_mut(self.width).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = change((x as f32 + 0.5) / width, (y as f32 + 0.5) / height, *pixel);
            }
        }
    }

    /// Rounds to eight bits.
    pub fn to_image(&self) -> RgbImage {
        let bytes = self.pixels.iter().flatten().map(|part| to_byte(*part)).collect();
        RgbImage::from_raw(self.width as u32, self.height as u32, bytes)
            .expect("there are three bytes for each pixel")
    }

    /// Takes a picture of eight bits.
    pub fn from_image(image: &RgbImage) -> Self {
        let pixels = image.pixels().map(|pixel| pixel.0.map(|part| f32::from(part) / 255.0));
        Self {
            width: image.width() as usize,
            height: image.height() as usize,
            pixels: pixels.collect(),
        }
    }

    /// The whole picture squashed to a square, as a server does before the network: each pixel is
    /// the mean of what it covers, weighted by a triangle (Pillow's bilinear resampling).
    pub fn squashed(&self, side: usize) -> Vec<u8> {
        let columns = taps(self.width, side);
        let rows = taps(self.height, side);
        let mut narrow = Vec::with_capacity(side * self.height);
        for row in self.pixels.chunks_exact(self.width) {
            narrow.extend(
                columns.iter().map(|(start, weights)| weighted(weights.iter().zip(&row[*start..]))),
            );
        }
        let mut bytes = Vec::with_capacity(side * side * 3);
        for (start, weights) in &rows {
            for x in 0..side {
                let column = narrow[start * side + x..].iter().step_by(side);
                bytes.extend(weighted(weights.iter().zip(column)).map(to_byte));
            }
        }
        bytes
    }
}

/// A colour from anywhere in the cube.
pub fn any_colour(rng: &mut SmallRng) -> Colour {
    std::array::from_fn(|_| rng.random())
}

fn to_byte(part: f32) -> u8 {
    (part * 255.0 + 0.5) as u8
}

fn weighted<'a>(parts: impl Iterator<Item = (&'a f32, &'a Colour)>) -> Colour {
    let mut sum = [0.0; 3];
    for (weight, pixel) in parts {
        for (total, part) in sum.iter_mut().zip(pixel) {
            *total += part * weight;
        }
    }
    sum
}

/// For each output the first input and the weights of it and the following ones.
fn taps(from: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let scale = from as f32 / to as f32;
    let support = scale.max(1.0);
    (0..to)
        .map(|i| {
            let centre = (i as f32 + 0.5) * scale;
            let start = (centre - support + 0.5).max(0.0) as usize;
            let end = ((centre + support + 0.5) as usize).min(from);
            let weights: Vec<f32> = (start..end)
                .map(|j| (1.0 - ((j as f32 + 0.5 - centre) / support).abs()).max(0.0))
                .collect();
            let sum: f32 = weights.iter().sum();
            (start, weights.into_iter().map(|weight| weight / sum).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squashing_to_the_same_size_changes_nothing() {
        let mut canvas = Canvas::plain(4, 4, [0.0; 3]);
        canvas.map(|x, y, _| [x, y, x * y]);
        assert_eq!(canvas.squashed(4), canvas.to_image().into_raw());
    }

    #[test]
    fn squashing_keeps_the_mean_of_a_plain_picture() {
        let canvas = Canvas::plain(97, 41, [0.2, 0.4, 0.6]);
        assert!(canvas.squashed(16).chunks(3).all(|pixel| pixel == [51, 102, 153]));
    }
}
