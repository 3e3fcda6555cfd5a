//! Plainer copies of a drawing: blurred, then painted with a few of its own colours.
//!
//! Packs of flags differ most in how much of a coat of arms they draw. A network that has also
//! seen the arms as a few blots leans less on the details of the packs it was trained on.

use super::texture::Texture;

/// Width of a simplified drawing.
const SIDE: f32 = 144.0;

/// Repaints a drawing with `colours` colours after a blur of about `blur` of its width.
pub(super) fn simplify(texture: &Texture, colours: usize, blur: f32) -> Texture {
    let scale = SIDE / texture.width().max(texture.height()) as f32;
    let width = (texture.width() as f32 * scale).round() as usize;
    let height = (texture.height() as f32 * scale).round() as usize;
    let small = texture.resized(width, height);
    let mut pixels: Vec<[f32; 3]> = small
        .pixels()
        .iter()
        .map(|pixel| [f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])])
        .collect();
    let radius = (blur * width as f32).round() as usize;
    if radius > 0 {
        pixels = box_blur(&pixels, width, height, radius);
    }
    let palette = palette(&pixels, colours);
    let painted = pixels
        .iter()
        .zip(small.pixels())
        .map(|(pixel, original)| {
            let [red, green, blue] = nearest(&palette, pixel).1.map(|part| part.round() as u8);
            // The margins of an emoji stay transparent.
            if original[3] < 128 { [0; 4] } else { [red, green, blue, 255] }
        })
        .collect();
    Texture::new(width, height, painted)
}

fn box_blur(pixels: &[[f32; 3]], width: usize, height: usize, radius: usize) -> Vec<[f32; 3]> {
    let mean = |of: &mut dyn Iterator<Item = [f32; 3]>| {
        let (mut sum, mut n) = ([0.0; 3], 0.0);
        for pixel in of {
            for (total, part) in sum.iter_mut().zip(pixel) {
                *total += part;
            }
            n += 1.0;
        }
        sum.map(|total| total / n)
    };
    let across: Vec<_> = (0..width * height)
        .map(|i| {
            let (x, row) = (i % width, i / width * width);
            let span = x.saturating_sub(radius)..=(x + radius).min(width - 1);
            mean(&mut span.map(|x| pixels[row + x]))
        })
        .collect();
    (0..width * height)
        .map(|i| {
            let (x, y) = (i % width, i / width);
            let span = y.saturating_sub(radius)..=(y + radius).min(height - 1);
            mean(&mut span.map(|y| across[y * width + x]))
        })
        .collect()
}

/// Means of a k-means clustering that starts from colours far from each other.
fn palette(pixels: &[[f32; 3]], colours: usize) -> Vec<[f32; 3]> {
    let sparse: Vec<_> = pixels.iter().step_by(5).copied().collect();
    let mut palette = vec![sparse[sparse.len() / 3]];
    while palette.len() < colours {
        let far =
            sparse.iter().max_by(|a, b| nearest(&palette, a).0.total_cmp(&nearest(&palette, b).0));
        palette.extend(far);
    }
    for _ in 0..6 {
        let mut sums = vec![([0.0f32; 3], 0.0f32); palette.len()];
        for pixel in &sparse {
            let index = nearest(&palette, pixel).2;
            for (total, part) in sums[index].0.iter_mut().zip(pixel) {
                *total += part;
            }
            sums[index].1 += 1.0;
        }
        for (colour, (sum, n)) in palette.iter_mut().zip(sums) {
            if n > 0.0 {
                *colour = sum.map(|total| total / n);
            }
        }
    }
    palette
}

fn nearest(palette: &[[f32; 3]], pixel: &[f32; 3]) -> (f32, [f32; 3], usize) {
    let mut best = (f32::MAX, palette[0], 0);
    for (index, colour) in palette.iter().enumerate() {
        let distance = colour.iter().zip(pixel).map(|(a, b)| (a - b) * (a - b)).sum();
        if distance < best.0 {
            best = (distance, *colour, index);
        }
    }
    best
}
