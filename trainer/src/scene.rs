//! Pictures of flags, each made from a seed.

pub mod background;
pub mod degrade;
pub mod redraw;
pub mod shapes;
pub mod warp;

use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    art::{Art, Drawing, Texture},
    canvas::{Canvas, any_colour},
};

use redraw::Redrawing;
use shapes::Spot;
use warp::{Place, Pose, Warp};

/// A picture with one flag in it, as hard as training has them, about up to twice as large as the
/// network will see it.
///
/// `None` when there are no drawings.
pub fn training(
    drawings: &[Drawing],
    art: &Art,
    seen: usize,
    rng: &mut SmallRng,
) -> Option<Canvas> {
    let flag = Redrawing::varied(drawings, rng)?;
    Some(composed(&flag, art, seen, rng))
}

/// As [`training`], with one of the drawings as it is.
pub fn photographed(
    drawings: &[Drawing],
    art: &Art,
    seen: usize,
    rng: &mut SmallRng,
) -> Option<Canvas> {
    let flag = Redrawing::faithful(drawings.choose(rng)?.textures.first()?);
    Some(composed(&flag, art, seen, rng))
}

fn composed(flag: &Redrawing<'_>, art: &Art, seen: usize, rng: &mut SmallRng) -> Canvas {
    let side = seen as f32 * rng.random_range(0.85..2.0f32);
    let canvas =
        if rng.random_bool(0.35) { filling(flag, side, rng) } else { placed(flag, side, art, rng) };
    finished(canvas, rng)
}

/// A picture under moderate changes, of the given longer side: perspective, light, blur. The
/// caller adds the JPEG.
pub fn moderate(texture: &Texture, side: usize, art: &Art, rng: &mut SmallRng) -> Canvas {
    let flag = Redrawing::faithful(texture);
    let (width, height) = (side, side * 3 / 4);
    let mut canvas = background::any(width, height, &art.objects, rng);
    let pose = Pose {
        yaw: rng.random_range(-0.45..0.45),
        pitch: rng.random_range(-0.3..0.3),
        roll: rng.random_range(-0.15..0.15),
        nearness: rng.random_range(0.2..0.8),
    };
    let size = rng.random_range(0.65..1.0f32);
    let place = Place {
        left: rng.random_range(0.0..=1.0 - size) * width as f32,
        top: rng.random_range(0.0..=1.0 - size) * height as f32,
        width: size * width as f32,
        height: size * height as f32,
    };
    let (warp, place) = Warp::posed(flag.aspect(), pose, place);
    lay(&mut canvas, &flag, &warp, place);
    degrade::light(&mut canvas, 0.8, rng);
    degrade::expose(&mut canvas, 0.5, rng);
    let sigma = side as f32 * rng.random_range(0.001..0.008);
    degrade::blur(&mut canvas, sigma, sigma);
    canvas
}

/// The flag is the whole picture, but for a little that is cut off or a thin margin.
fn filling(flag: &Redrawing<'_>, side: f32, rng: &mut SmallRng) -> Canvas {
    let aspect = flag.aspect() * rng.random_range(0.75..1.35);
    let (width, height) = sides(side, aspect);
    let mut canvas = background::plain(width, height, rng);
    let (wide, high) = (width as f32, height as f32);
    let slack = if rng.random_bool(0.4) { 0.0 } else { 0.08 };
    let mut edge = || rng.random_range(-slack..=slack);
    let (left, top) = (edge() * wide, edge() * high);
    let place = Place {
        left,
        top,
        width: wide * (1.0 + edge()) - left,
        height: high * (1.0 + edge()) - top,
    };
    let mut warp = Warp::flat(place);
    if rng.random_bool(0.3) {
        warp = warp.waving(rng.random_range(0.0..0.5), rng);
    }
    // Beyond its edges the flag goes on only where the picture cuts it off.
    lay(&mut canvas, flag, &warp, Place { left: 0.0, top: 0.0, width: wide, height: high });
    canvas
}

/// The flag hangs somewhere in a picture.
fn placed(flag: &Redrawing<'_>, side: f32, art: &Art, rng: &mut SmallRng) -> Canvas {
    let (width, height) = sides(side, rng.random_range(0.7..1.8));
    let mut canvas = background::any(width, height, &art.objects, rng);
    let pose = Pose {
        yaw: bell(0.45, rng),
        pitch: bell(0.3, rng),
        roll: bell(0.2, rng),
        nearness: rng.random_range(0.0..1.0),
    };
    // The part of the picture's area, from about a tenth to a little more than all of it.
    let size = rng.random_range(0.4f32..1.1).max(rng.random_range(0.4..1.1));
    let (wide, high) = (size * width as f32, size * height as f32);
    let mut offset = |length: usize, part: f32| {
        let room = length as f32 - part;
        rng.random_range(0.0..=1.0) * room
    };
    let place =
        Place { left: offset(width, wide), top: offset(height, high), width: wide, height: high };
    let aspect = flag.aspect() * rng.random_range(0.8..1.25);
    let (mut warp, place) = Warp::posed(aspect, pose, place);
    if rng.random_bool(0.6) {
        warp = warp.waving(rng.random_range(0.0..1.0), rng);
    }
    lay(&mut canvas, flag, &warp, grown(place, 0.15));
    if rng.random_bool(0.3) {
        cover(&mut canvas, place, art, rng);
    }
    canvas
}

/// Light, exposure, blur, noise and compression, each not always.
pub fn finished(mut canvas: Canvas, rng: &mut SmallRng) -> Canvas {
    if rng.random_bool(0.6) {
        degrade::light(&mut canvas, 1.0, rng);
    }
    if rng.random_bool(0.7) {
        degrade::expose(&mut canvas, rng.random_range(0.2..1.0), rng);
    }
    let side = canvas.width.max(canvas.height) as f32;
    if rng.random_bool(0.4) {
        let sigma = side * rng.random_range(0.002..0.014);
        let uneven = rng.random_range(0.3..1.0);
        degrade::blur(&mut canvas, sigma, sigma * uneven);
    }
    if rng.random_bool(0.35) {
        degrade::noise(&mut canvas, rng.random_range(0.005..0.07), rng);
    }
    if rng.random_bool(0.5) {
        degrade::jpeg(&mut canvas, rng.random_range(20..=95));
    }
    canvas
}

/// Paints the flag where the warp puts it, within a rectangle.
pub fn lay(canvas: &mut Canvas, flag: &Redrawing<'_>, warp: &Warp, within: Place) {
    let (width, height) = (canvas.width, canvas.height);
    let middle = [within.left + within.width / 2.0, within.top + within.height / 2.0];
    let footprint = warp.footprint(middle[0], middle[1]);
    let levels = flag.levels(footprint);
    let end = |start: f32, length: f32, limit: usize| {
        start.max(0.0) as usize..((start + length).max(0.0).ceil() as usize).min(limit)
    };
    for y in end(within.top, within.height, height) {
        for x in end(within.left, within.width, width) {
            let ([u, v], light) = warp.locate(x as f32 + 0.5, y as f32 + 0.5);
            // Half a pixel of softness along the edge.
            let edge = |t: f32, size: f32| (t.min(1.0 - t) / size + 0.5).clamp(0.0, 1.0);
            let edges = edge(u, footprint[0]) * edge(v, footprint[1]);
            if edges > 0.0 {
                let (colour, alpha) = flag.sample([u, v], levels);
                let pixel = &mut canvas.pixels[y * width + x];
                for (under, over) in pixel.iter_mut().zip(colour) {
                    let lit = over * (1.0 + light);
                    *under += edges * (lit - *under * alpha);
                }
            }
        }
    }
}

/// Hides a part of the flag behind bars and things, never its middle and a side at once.
fn cover(canvas: &mut Canvas, place: Place, art: &Art, rng: &mut SmallRng) {
    let short = place.width.min(place.height);
    if rng.random_bool(0.3) {
        let size = rng.random_range(0.15..0.4) * short / canvas.width.min(canvas.height) as f32;
        background::object(canvas, &art.objects, size, rng);
        return;
    }
    let bar = rng.random_bool(0.4);
    let radius = if bar {
        [place.width + place.height, short * rng.random_range(0.01..0.08)]
    } else {
        std::array::from_fn(|_| short * rng.random_range(0.05..0.25))
    };
    let spot = Spot {
        centre: [
            place.left + place.width * rng.random_range(0.0..1.0),
            place.top + place.height * rng.random_range(0.0..1.0),
        ],
        radius,
        angle: rng.random_range(0.0..3.1),
    };
    let shape = if bar { shapes::Shape::Box } else { shapes::any_shape(rng) };
    shapes::draw(canvas, shape, spot, any_colour(rng), 1.0);
}

/// A rectangle that is larger by a part on each side.
pub fn grown(place: Place, part: f32) -> Place {
    let (dx, dy) = (place.width * part, place.height * part);
    Place {
        left: place.left - dx,
        top: place.top - dy,
        width: place.width + 2.0 * dx,
        height: place.height + 2.0 * dy,
    }
}

/// Width and height with about the area of a square of this side.
fn sides(side: f32, aspect: f32) -> (usize, usize) {
    let root = aspect.sqrt();
    ((side * root).round().max(24.0) as usize, (side / root).round().max(24.0) as usize)
}

/// A number that is mostly near nought, within two of `width`.
fn bell(width: f32, rng: &mut SmallRng) -> f32 {
    (0..4).map(|_| rng.random_range(-0.5..0.5) * width).sum()
}
