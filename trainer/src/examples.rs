//! Example pictures for the page, drawn from the credited art with seeds of their own.

use std::{fs, path::Path};

use anyhow::Result;
use rand::{Rng, rngs::SmallRng};

use crate::{
    art::{Art, Pack, flag_icon, render},
    canvas::Canvas,
    sample::{self, seeds},
    scene::{
        self, degrade,
        redraw::Redrawing,
        shapes::{self, Shape, Spot},
        warp::{Place, Pose, Warp},
    },
    served::jpeg,
};

/// A picture to draw.
struct Example {
    file: &'static str,
    title: &'static str,
    code: &'static str,
    seed: u64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Waving,
    Turned,
    Hidden,
    Small,
    None,
}

const EXAMPLES: [Example; 8] = [
    example("waving-brazil", "Brazil, waving", "br", 11, Kind::Waving),
    example("waving-south-korea", "South Korea, waving", "kr", 12, Kind::Waving),
    example("turned-kenya", "Kenya, from the side", "ke", 13, Kind::Turned),
    example("turned-canada", "Canada, from below", "ca", 14, Kind::Turned),
    example("hidden-norway", "Norway, behind bars", "no", 15, Kind::Hidden),
    example("hidden-south-africa", "South Africa, behind a tree", "za", 16, Kind::Hidden),
    example("small-nepal", "Nepal, far away", "np", 17, Kind::Small),
    example("no-flag", "Not a flag, but trees", "", 18, Kind::None),
];

const fn example(
    file: &'static str,
    title: &'static str,
    code: &'static str,
    seed: u64,
    kind: Kind,
) -> Example {
    Example { file, title, code, seed, kind }
}

/// An example as the card names it.
#[derive(Debug)]
pub struct Written {
    /// Path within the folder of the model.
    pub file: String,
    /// What it shows.
    pub title: &'static str,
    /// Who drew what it is made of.
    pub credit: &'static str,
    /// Under which licence.
    pub licence: &'static str,
}

/// Writes the examples under `examples/` of a folder.
///
/// # Errors
///
/// When a flag is missing or a file cannot be written.
pub fn draw(folder: &Path, art: &Art) -> Result<Vec<Written>> {
    fs::create_dir_all(folder.join("examples"))?;
    let mut written = Vec::new();
    for example in &EXAMPLES {
        let mut rng = sample::rng(seeds::EXAMPLES, example.seed);
        let canvas = match example.kind {
            Kind::None => nothing(&mut rng),
            _ => picture(example, art, &mut rng)?,
        };
        let file = format!("examples/{}.jpg", example.file);
        fs::write(folder.join(&file), jpeg(&canvas.to_image(), 82)?)?;
        let (credit, licence) = match example.kind {
            Kind::None => ("Drawn by this project", "MIT OR Apache-2.0"),
            _ => ("Drawn by this project from flag-icons by Panayiotis Lipiridis", "MIT"),
        };
        written.push(Written { file, title: example.title, credit, licence });
    }
    Ok(written)
}

fn picture(example: &Example, art: &Art, rng: &mut SmallRng) -> Result<Canvas> {
    let (width, height) = (560, 420);
    let texture = render(&flag_icon(&art.folder, Pack::FlagIconsWide, example.code), 640)?;
    let flag = Redrawing::faithful(&texture);
    let mut canvas = sky(width, height, rng);
    let (pose, size) = match example.kind {
        Kind::Turned => (Pose { yaw: 0.75, pitch: -0.35, roll: -0.08, nearness: 0.9 }, 0.85),
        Kind::Small => (Pose { yaw: -0.2, roll: 0.06, ..Pose::default() }, 0.36),
        _ => (Pose { yaw: 0.2, pitch: 0.1, roll: 0.05, nearness: 0.5 }, 0.74),
    };
    let (wide, high) = (size * width as f32, size * height as f32);
    let place = Place {
        left: (width as f32 - wide) * 0.55,
        top: (height as f32 - high) * 0.4,
        width: wide,
        height: high,
    };
    let (warp, place) = Warp::posed(flag.aspect(), pose, place);
    let strength = if example.kind == Kind::Waving { 1.0 } else { 0.35 };
    let pole = Spot {
        centre: [place.left - 4.0, place.top + height as f32 / 2.0],
        radius: [4.0, height as f32 / 2.0 + 12.0],
        angle: 0.0,
    };
    shapes::draw(&mut canvas, Shape::Box, pole, [0.55, 0.53, 0.5], 1.0);
    scene::lay(&mut canvas, &flag, &warp.waving(strength, rng), scene::grown(place, 0.12));
    if example.kind == Kind::Hidden {
        hide(&mut canvas, place, rng);
    }
    degrade::light(&mut canvas, 0.6, rng);
    degrade::blur(&mut canvas, 0.8, 0.8);
    degrade::noise(&mut canvas, 0.012, rng);
    Ok(canvas)
}

/// Bars, or a branch of a tree.
fn hide(canvas: &mut Canvas, place: Place, rng: &mut SmallRng) {
    if rng.random_bool(0.5) {
        for i in 0..3 {
            let spot = Spot {
                centre: [
                    place.left + place.width * (0.2 + 0.3 * i as f32),
                    place.top + place.height / 2.0,
                ],
                radius: [place.width * 0.025, canvas.height as f32],
                angle: 0.06,
            };
            shapes::draw(canvas, Shape::Box, spot, [0.14, 0.15, 0.17], 1.0);
        }
        return;
    }
    let centre = [place.left + place.width * 0.85, place.top + place.height * 0.18];
    leaves(canvas, centre, [place.width * 0.25, place.height * 0.28], rng);
}

fn sky(width: usize, height: usize, rng: &mut SmallRng) -> Canvas {
    let (top, bottom) = ([0.36, 0.56, 0.84], [0.86, 0.91, 0.96]);
    let mut canvas = Canvas::plain(width, height, top);
    let slant = rng.random_range(-0.2..0.2f32);
    canvas.map(|x, y, _| {
        let t = (y + slant * (x - 0.5)).clamp(0.0, 1.0);
        std::array::from_fn(|i| top[i] + (bottom[i] - top[i]) * t)
    });
    for _ in 0..14 {
        let spot = Spot {
            centre: [rng.random_range(0.0..width as f32), rng.random_range(0.0..height as f32)],
            radius: [rng.random_range(40.0..140.0), rng.random_range(10.0..36.0)],
            angle: 0.0,
        };
        shapes::draw(&mut canvas, Shape::Disc, spot, [1.0; 3], 0.28);
    }
    degrade::blur(&mut canvas, 9.0, 6.0);
    // Hills along the lower edge.
    for i in 0..6 {
        let spot = Spot {
            centre: [i as f32 * 110.0 + rng.random_range(-30.0..30.0), height as f32 + 20.0],
            radius: [rng.random_range(90.0..160.0), rng.random_range(40.0..85.0)],
            angle: 0.0,
        };
        let shade = rng.random_range(0.28..0.42);
        shapes::draw(&mut canvas, Shape::Disc, spot, [shade * 0.7, shade, shade * 0.6], 1.0);
    }
    canvas
}

/// Trees under the sky.
fn nothing(rng: &mut SmallRng) -> Canvas {
    let (width, height) = (560, 420);
    let mut canvas = sky(width, height, rng);
    for i in 0..4 {
        let foot = [70.0 + 140.0 * i as f32, height as f32 - rng.random_range(0.0..12.0)];
        let tall = rng.random_range(120.0..230.0f32);
        let trunk = Spot {
            centre: [foot[0], foot[1] - tall / 2.0],
            radius: [tall * 0.05, tall / 2.0],
            angle: rng.random_range(-0.05..0.05),
        };
        shapes::draw(&mut canvas, Shape::Box, trunk, [0.33, 0.24, 0.17], 1.0);
        leaves(&mut canvas, [foot[0], foot[1] - tall], [tall * 0.4, tall * 0.45], rng);
    }
    degrade::light(&mut canvas, 0.6, rng);
    degrade::blur(&mut canvas, 0.8, 0.8);
    degrade::noise(&mut canvas, 0.012, rng);
    canvas
}

/// The crown of a tree about a point.
fn leaves(canvas: &mut Canvas, centre: [f32; 2], spread: [f32; 2], rng: &mut SmallRng) {
    for _ in 0..60 {
        let spot = Spot {
            centre: std::array::from_fn(|i| centre[i] + spread[i] * rng.random_range(-1.0..1.0f32)),
            radius: std::array::from_fn(|_| rng.random_range(8.0..22.0)),
            angle: rng.random_range(0.0..3.0),
        };
        let shade = rng.random_range(0.15..0.45);
        shapes::draw(canvas, Shape::Disc, spot, [shade * 0.5, shade, shade * 0.3], 1.0);
    }
}
