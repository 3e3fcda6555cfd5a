//! Discs, boxes and bars.

use rand::{Rng, rngs::SmallRng};

use crate::canvas::{Canvas, Colour, any_colour};

/// A shape about the origin.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// An ellipse.
    Disc,
    /// A rectangle.
    Box,
    /// A triangle.
    Wedge,
    /// The rim of an ellipse.
    Ring,
}

/// Where a shape lies, in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// Its middle.
    pub centre: [f32; 2],
    /// Half its width and half its height.
    pub radius: [f32; 2],
    /// Its turn in radians.
    pub angle: f32,
}

/// Draws a shape with a soft edge of a pixel.
pub fn draw(canvas: &mut Canvas, shape: Shape, spot: Spot, colour: Colour, opacity: f32) {
    let [radius_x, radius_y] = spot.radius;
    let reach = radius_x.hypot(radius_y) + 1.0;
    let (sine, cosine) = spot.angle.sin_cos();
    let range = |centre: f32, end: usize| {
        (centre - reach).max(0.0) as usize..((centre + reach).max(0.0) as usize).min(end)
    };
    for y in range(spot.centre[1], canvas.height) {
        for x in range(spot.centre[0], canvas.width) {
            let (dx, dy) = (x as f32 - spot.centre[0], y as f32 - spot.centre[1]);
            let (u, v) =
                ((cosine * dx + sine * dy) / radius_x, (cosine * dy - sine * dx) / radius_y);
            let round = (u * u + v * v).sqrt();
            let inside = match shape {
                Shape::Disc => 1.0 - round,
                Shape::Box => 1.0 - u.abs().max(v.abs()),
                Shape::Wedge => (1.0 - v).min(v + 1.0 - 2.0 * u.abs()) / 2.0,
                Shape::Ring => 0.15 - (round - 0.85).abs(),
            };
            let cover = (inside * radius_x.min(radius_y)).clamp(0.0, 1.0);
            if cover > 0.0 {
                canvas.blend(x, y, colour, cover * opacity);
            }
        }
    }
}

/// Draws a few shapes of any colour anywhere.
pub fn scatter(canvas: &mut Canvas, rng: &mut SmallRng) {
    let side = canvas.width.min(canvas.height) as f32;
    for _ in 0..rng.random_range(2..14) {
        let spot = Spot {
            centre: [
                rng.random_range(0.0..canvas.width as f32),
                rng.random_range(0.0..canvas.height as f32),
            ],
            radius: std::array::from_fn(|_| side * rng.random_range(0.02..0.35)),
            angle: rng.random_range(0.0..3.1),
        };
        draw(canvas, any_shape(rng), spot, any_colour(rng), rng.random_range(0.4..1.0));
    }
}

/// One of the shapes.
pub fn any_shape(rng: &mut SmallRng) -> Shape {
    [Shape::Disc, Shape::Box, Shape::Wedge, Shape::Ring][rng.random_range(0..4)]
}
