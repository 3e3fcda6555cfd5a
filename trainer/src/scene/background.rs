//! What is behind a flag, and what a picture without one is made of.

use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    art::Texture,
    canvas::{Canvas, Colour, any_colour},
};

use super::shapes;

/// A background of any kind.
pub fn any(width: usize, height: usize, objects: &[Texture], rng: &mut SmallRng) -> Canvas {
    match rng.random_range(0..10) {
        0 | 1 => plain(width, height, rng),
        2 | 3 => gradient(width, height, rng),
        4..=6 => clouds(width, height, rng),
        7 => {
            let mut canvas = gradient(width, height, rng);
            shapes::scatter(&mut canvas, rng);
            canvas
        }
        8 => {
            let mut canvas = clouds(width, height, rng);
            shapes::scatter(&mut canvas, rng);
            canvas
        }
        _ => {
            let mut canvas = gradient(width, height, rng);
            for _ in 0..rng.random_range(1..6) {
                object(&mut canvas, objects, rng.random_range(0.2..1.2), rng);
            }
            canvas
        }
    }
}

/// One colour, most often white, grey or black as on a page.
pub fn plain(width: usize, height: usize, rng: &mut SmallRng) -> Canvas {
    let colour = match rng.random_range(0..4) {
        0 => [1.0; 3],
        1 => [rng.random_range(0.0..1.0); 3],
        _ => any_colour(rng),
    };
    Canvas::plain(width, height, colour)
}

/// A change from one colour to another along a line.
pub fn gradient(width: usize, height: usize, rng: &mut SmallRng) -> Canvas {
    let (from, to) = (muted(rng), muted(rng));
    let [a, b]: [f32; 2] = std::array::from_fn(|_| rng.random_range(-1.0..1.0));
    let mut canvas = Canvas::plain(width, height, from);
    canvas.map(|x, y, _| {
        let t = (0.5 + a * (x - 0.5) + b * (y - 0.5)).clamp(0.0, 1.0);
        std::array::from_fn(|i| from[i] + (to[i] - from[i]) * t)
    });
    canvas
}

/// Noise with detail at all sizes, as leaves, clouds, stone and crowds have.
pub fn clouds(width: usize, height: usize, rng: &mut SmallRng) -> Canvas {
    let base = muted(rng);
    let mut canvas = Canvas::plain(width, height, base);
    let tint: Colour = std::array::from_fn(|_| rng.random_range(0.4..1.0));
    let roughness = rng.random_range(0.4..0.95f32);
    let (mut size, mut strength) = (rng.random_range(1.0..4.0f32), rng.random_range(0.2..0.6f32));
    while size < width.min(height) as f32 / 3.0 && strength > 0.02 {
        let cells = [size.ceil() as usize, (size * rng.random_range(0.6..1.6)).ceil() as usize];
        let grey = rng.random_bool(0.5);
        let grid: Vec<Colour> = (0..(cells[0] + 1) * (cells[1] + 1))
            .map(|_| {
                let level = rng.random_range(-strength..strength);
                std::array::from_fn(|i| {
                    tint[i] * if grey { level } else { rng.random_range(-strength..strength) }
                })
            })
            .collect();
        canvas.map(|x, y, pixel| {
            let (gx, gy) = (x * cells[0] as f32, y * cells[1] as f32);
            let (left, top) = (gx as usize, gy as usize);
            let (fx, fy) = (gx - left as f32, gy - top as f32);
            let at = |dx: usize, dy: usize| grid[(top + dy) * (cells[0] + 1) + left + dx];
            let [a, b, c, d] = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
            std::array::from_fn(|i| {
                let upper = a[i] + (b[i] - a[i]) * fx;
                let lower = c[i] + (d[i] - c[i]) * fx;
                pixel[i] + upper + (lower - upper) * fy
            })
        });
        size *= 2.0;
        strength *= roughness;
    }
    canvas.map(|_, _, pixel| pixel.map(|part| part.clamp(0.0, 1.0)));
    canvas
}

/// Puts one object somewhere; `size` is its width as a part of the picture's.
pub fn object(canvas: &mut Canvas, objects: &[Texture], size: f32, rng: &mut SmallRng) {
    let Some(texture) = objects.choose(rng) else { return };
    let side = size * canvas.width.min(canvas.height) as f32;
    let (centre_x, centre_y) =
        (rng.random_range(0.0..canvas.width as f32), rng.random_range(0.0..canvas.height as f32));
    let (sine, cosine) = rng.random_range(-0.6..0.6f32).sin_cos();
    let level = (texture.width() as f32 / side).log2().max(0.0) as usize;
    let reach = side * 0.75;
    let range = |centre: f32, end: usize| {
        (centre - reach).max(0.0) as usize..((centre + reach).max(0.0) as usize).min(end)
    };
    for y in range(centre_y, canvas.height) {
        for x in range(centre_x, canvas.width) {
            let (dx, dy) = ((x as f32 - centre_x) / side, (y as f32 - centre_y) / side);
            let (u, v) = (cosine * dx + sine * dy + 0.5, cosine * dy - sine * dx + 0.5);
            if (0.0..1.0).contains(&u) && (0.0..1.0).contains(&v) {
                let [red, green, blue, alpha] = texture.sample(u, v, level);
                let pixel = &mut canvas.pixels[y * canvas.width + x];
                for (under, over) in pixel.iter_mut().zip([red, green, blue]) {
                    *under = *under * (1.0 - alpha) + over;
                }
            }
        }
    }
}

/// A colour as the world has it: seldom pure.
fn muted(rng: &mut SmallRng) -> Colour {
    let grey: f32 = rng.random();
    let strength = rng.random_range(0.0..0.8);
    any_colour(rng).map(|part| grey + (part - grey) * strength)
}
