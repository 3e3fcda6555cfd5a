//! One flag as yet another artist might draw it: other shades, other detail, other proportions of
//! its parts.

use std::f32::consts::PI;

use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    art::{Drawing, Texture},
    canvas::Colour,
};

/// A flag ready to be sampled.
#[derive(Debug)]
pub struct Redrawing<'a> {
    first: &'a Texture,
    second: Option<(&'a Texture, Mix)>,
    bends: [[f32; 3]; 2],
    shades: Option<Box<Shades>>,
    coarseness: f32,
    corner: f32,
}

/// How a second drawing of the same flag is mixed in.
#[derive(Debug)]
enum Mix {
    /// Everywhere, with this weight.
    Even(f32),
    /// On one side of a line through the flag.
    Beyond { normal: [f32; 2], offset: f32 },
}

/// Offsets of the colours at a grid of 3 x 3 x 3 places in the colour cube.
type Shades = [[f32; 3]; 27];

impl<'a> Redrawing<'a> {
    /// The drawing as it is.
    pub fn faithful(texture: &'a Texture) -> Self {
        Self {
            first: texture,
            second: None,
            bends: [[0.0; 3]; 2],
            shades: None,
            coarseness: 0.0,
            corner: 0.0,
        }
    }

    /// A variation of one of the drawings.
    pub fn varied(drawings: &'a [Drawing], rng: &mut SmallRng) -> Option<Self> {
        let first = pick(drawings, rng)?;
        let mut redrawing = Self::faithful(first);
        if rng.random_bool(0.25) {
            let mix = if rng.random_bool(0.5) {
                Mix::Even(rng.random_range(0.25..0.75))
            } else {
                let angle = rng.random_range(0.0..2.0 * PI);
                let normal = [angle.cos(), angle.sin()];
                Mix::Beyond { normal, offset: rng.random_range(-0.25..0.25) }
            };
            redrawing.second = pick(drawings, rng).map(|second| (second, mix));
        }
        if rng.random_bool(0.5) {
            let size = rng.random_range(0.0..0.05);
            redrawing.bends = std::array::from_fn(|_| {
                std::array::from_fn(|i| rng.random_range(-size..=size) / (i + 1) as f32)
            });
        }
        if rng.random_bool(0.55) {
            let size = rng.random_range(0.02..0.11);
            redrawing.shades = Some(Box::new(std::array::from_fn(|_| {
                std::array::from_fn(|_| {
                    // The mean of two has fewer extremes.
                    (rng.random_range(-size..size) + rng.random_range(-size..size)) * 0.75
                })
            })));
        }
        if rng.random_bool(0.35) {
            redrawing.coarseness = rng.random_range(0.0..1.8);
        }
        if rng.random_bool(0.1) {
            redrawing.corner = rng.random_range(0.02..0.14);
        }
        Some(redrawing)
    }

    /// Proportions of the drawing.
    pub fn aspect(&self) -> f32 {
        self.first.aspect()
    }

    /// Which halved copies suit pixels of this size, in flag widths and heights.
    pub fn levels(&self, footprint: [f32; 2]) -> [usize; 2] {
        let level = |texture: &Texture| {
            let wide = footprint[0] * texture.width() as f32;
            let high = footprint[1] * texture.height() as f32;
            (((wide + high) / 2.0).log2() + self.coarseness + 0.2).max(0.0) as usize
        };
        [level(self.first), self.second.as_ref().map_or(0, |(texture, _)| level(texture))]
    }

    /// Premultiplied colour and opacity at a point of the flag.
    pub fn sample(&self, [u, v]: [f32; 2], levels: [usize; 2]) -> (Colour, f32) {
        let bent_u = u + bend(&self.bends[0], u);
        let bent_v = v + bend(&self.bends[1], v);
        let mut sample = self.first.sample(bent_u, bent_v, levels[0]);
        if let Some((texture, mix)) = &self.second {
            let weight = match mix {
                Mix::Even(weight) => *weight,
                Mix::Beyond { normal, offset } => {
                    let side = normal[0] * (u - 0.5) + normal[1] * (v - 0.5) - offset;
                    (side * 20.0 + 0.5).clamp(0.0, 1.0)
                }
            };
            let other = texture.sample(bent_u, bent_v, levels[1]);
            for (part, other) in sample.iter_mut().zip(other) {
                *part += (other - *part) * weight;
            }
        }
        let [red, green, blue, mut alpha] = sample;
        if self.corner > 0.0 {
            alpha *= self.inside_corner(u, v);
        }
        let colour = [red, green, blue];
        (self.shades.as_ref().map_or(colour, |shades| shaded(shades, colour)), alpha)
    }

    /// 0 outside the rounded corners, 1 inside.
    fn inside_corner(&self, u: f32, v: f32) -> f32 {
        let aspect = self.aspect();
        let x = (0.5 - (u - 0.5).abs()) * aspect;
        let y = 0.5 - (v - 0.5).abs();
        let (dx, dy) = ((self.corner - x).max(0.0), (self.corner - y).max(0.0));
        if dx * dx + dy * dy > self.corner * self.corner { 0.0 } else { 1.0 }
    }
}

fn pick<'a>(drawings: &'a [Drawing], rng: &mut SmallRng) -> Option<&'a Texture> {
    let textures = &drawings.choose(rng)?.textures;
    // Half of the time the drawing itself, else one of its plainer copies.
    if rng.random_bool(0.55) { textures.first() } else { textures.choose(rng) }
}

/// A shift along an axis that leaves both ends where they are.
fn bend(bends: &[f32; 3], t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    bends.iter().enumerate().map(|(i, size)| size * (PI * (i + 1) as f32 * t).sin()).sum()
}

fn shaded(shades: &Shades, colour: Colour) -> Colour {
    let places = colour.map(|part| part.clamp(0.0, 1.0) * 2.0);
    let low = places.map(|place| (place as usize).min(1));
    let weights: [f32; 3] = std::array::from_fn(|i| places[i] - low[i] as f32);
    let mut out = colour;
    for corner in 0..8 {
        let mut index = 0;
        let mut weight = 1.0;
        for i in 0..3 {
            let high = corner >> i & 1;
            index = index * 3 + low[i] + high;
            weight *= if high == 1 { weights[i] } else { 1.0 - weights[i] };
        }
        for (part, offset) in out.iter_mut().zip(shades[index]) {
            *part += weight * offset;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_offsets_change_no_colour() {
        let shades = [[0.0; 3]; 27];
        assert_eq!(shaded(&shades, [0.3, 0.9, 1.0]), [0.3, 0.9, 1.0]);
    }

    #[test]
    fn an_offset_of_red_leaves_blue_alone() {
        let mut shades = [[0.0; 3]; 27];
        shades[18] = [-0.2, 0.1, 0.0];
        assert_eq!(shaded(&shades, [0.0, 0.0, 1.0]), [0.0, 0.0, 1.0]);
        assert_eq!(shaded(&shades, [1.0, 0.0, 0.0]), [0.8, 0.1, 0.0]);
    }
}
