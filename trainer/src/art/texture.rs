//! A drawing in memory, with the halved copies that make sampling it small both fast and smooth.

/// Red, green, blue and opacity; the colours are already multiplied by the opacity.
type Pixel = [u8; 4];

/// A picture that can be sampled at any place and at many sizes.
#[derive(Debug, Clone)]
pub struct Texture {
    levels: Vec<Level>,
}

#[derive(Debug, Clone)]
struct Level {
    width: usize,
    height: usize,
    pixels: Vec<Pixel>,
}

impl Texture {
    /// Takes premultiplied pixels, row by row.
    ///
    /// # Panics
    ///
    /// When the number of pixels is not `width * height`, or nought.
    pub fn new(width: usize, height: usize, pixels: Vec<Pixel>) -> Self {
        assert!(width * height == pixels.len() && !pixels.is_empty());
        let mut levels = vec![Level { width, height, pixels }];
        while let Some(last) = levels.last().filter(|last| last.width.min(last.height) >= 8) {
            let half = last.halved();
            levels.push(half);
        }
        Self { levels }
    }

    /// Width of the original.
    pub fn width(&self) -> usize {
        self.levels[0].width
    }

    /// Height of the original.
    pub fn height(&self) -> usize {
        self.levels[0].height
    }

    /// Width divided by height.
    pub fn aspect(&self) -> f32 {
        self.width() as f32 / self.height() as f32
    }

    /// The original's pixels, premultiplied, row by row.
    pub fn pixels(&self) -> &[Pixel] {
        &self.levels[0].pixels
    }

    /// Colour and opacity at `(u, v)` in `0..1`, in the copy that was halved `level` times.
    pub fn sample(&self, u: f32, v: f32, level: usize) -> [f32; 4] {
        let level = &self.levels[level.min(self.levels.len() - 1)];
        let x = (u * level.width as f32 - 0.5).clamp(0.0, (level.width - 1) as f32);
        let y = (v * level.height as f32 - 0.5).clamp(0.0, (level.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (fx, fy) = (x - left as f32, y - top as f32);
        let right = (left + 1).min(level.width - 1);
        let rows = [top * level.width, (top + 1).min(level.height - 1) * level.width];
        let [a, b] = rows.map(|row| (&level.pixels[row + left], &level.pixels[row + right]));
        std::array::from_fn(|i| {
            let upper = f32::from(a.0[i]) * (1.0 - fx) + f32::from(a.1[i]) * fx;
            let lower = f32::from(b.0[i]) * (1.0 - fx) + f32::from(b.1[i]) * fx;
            (upper * (1.0 - fy) + lower * fy) / 255.0
        })
    }

    /// The part that is not transparent: emoji stand in a square with empty margins.
    pub fn trimmed(&self) -> Self {
        let (width, height) = (self.width(), self.height());
        let opaque = |x: usize, y: usize| self.pixels()[y * width + x][3] > 127;
        let column = |x: &usize| (0..height).filter(|&y| opaque(*x, y)).count() * 4 > height;
        let row = |y: &usize| (0..width).filter(|&x| opaque(x, *y)).count() * 4 > width;
        let left = (0..width).find(column).unwrap_or(0);
        let right = (0..width).rev().find(column).map_or(width, |x| x + 1);
        let top = (0..height).find(row).unwrap_or(0);
        let bottom = (0..height).rev().find(row).map_or(height, |y| y + 1);
        let pixels = (top..bottom)
            .flat_map(|y| (left..right).map(move |x| y * width + x))
            .map(|i| self.pixels()[i])
            .collect();
        Self::new(right - left, bottom - top, pixels)
    }

    /// The same drawing at another size, each pixel the mean of a few samples.
    pub fn resized(&self, width: usize, height: usize) -> Self {
        let ratio = self.width() as f32 / width as f32;
        let level = ratio.log2().floor().max(0.0) as usize;
        let pixels = (0..width * height)
            .map(|i| {
                let mut sum = [0.0; 4];
                for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                    let u = ((i % width) as f32 + dx) / width as f32;
                    let v = ((i / width) as f32 + dy) / height as f32;
                    let sample = self.sample(u, v, level);
                    for (total, part) in sum.iter_mut().zip(sample) {
                        *total += part;
                    }
                }
                sum.map(|total| (total * 255.0 / 4.0).round() as u8)
            })
            .collect();
        Self::new(width, height, pixels)
    }
}

impl Level {
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let at = |dx: usize, dy: usize| {
                    self.pixels[(2 * y + dy) * self.width + 2 * x + dx].map(u16::from)
                };
                let block = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
                pixels.push(std::array::from_fn(|i| {
                    (block.iter().map(|pixel| pixel[i]).sum::<u16>() / 4) as u8
                }));
            }
        }
        Self { width, height, pixels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_texture_is_plain_at_every_level() {
        let texture = Texture::new(32, 16, vec![[200, 100, 0, 255]; 512]);
        for level in 0..4 {
            let [red, green, blue, alpha] = texture.sample(0.3, 0.9, level);
            assert!((red - 200.0 / 255.0).abs() < 0.01, "{red}");
            assert!((green - 100.0 / 255.0).abs() < 0.01, "{green}");
            assert!(blue < 0.01 && alpha > 0.99);
        }
    }

    #[test]
    fn trimming_removes_empty_margins() {
        let pixels = (0..64).map(|i| if i / 8 < 4 { [255; 4] } else { [0; 4] }).collect();
        let texture = Texture::new(8, 8, pixels).trimmed();
        assert_eq!((texture.width(), texture.height()), (8, 4));
    }
}
