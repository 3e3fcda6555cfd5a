//! Pictures that show no flag.

mod text;

use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    art::Art,
    canvas::{Canvas, any_colour},
    scene::{
        background, degrade,
        redraw::Redrawing,
        shapes::{self, Shape, Spot},
        warp::{Place, Warp},
    },
};

/// A picture without a flag, or with one that is too small to be told.
///
/// None of the kinds is a plain field with one thing in its middle or two or three even bands:
/// that is what a flag looks like, and a network shown such pictures would doubt China and Japan.
pub fn picture(art: &Art, seen: usize, rng: &mut SmallRng) -> Canvas {
    let side = seen as f32 * rng.random_range(0.9..2.0f32);
    let root = rng.random_range(0.6..1.8f32).sqrt();
    let (width, height) = ((side * root) as usize, (side / root) as usize);
    let mut canvas = match rng.random_range(0..12) {
        0 => background::plain(width, height, rng),
        1 => background::gradient(width, height, rng),
        2..=4 => background::clouds(width, height, rng),
        5 => {
            let mut canvas = background::any(width, height, &art.objects, rng);
            for _ in 0..rng.random_range(1..4) {
                shapes::scatter(&mut canvas, rng);
            }
            canvas
        }
        6 | 7 => objects(width, height, art, rng),
        8 => {
            let mut canvas = if rng.random_bool(0.6) {
                background::plain(width, height, rng)
            } else {
                background::any(width, height, &art.objects, rng)
            };
            text::write(&mut canvas, rng);
            canvas
        }
        9 => stripes(width, height, rng),
        10 => waves(width, height, rng),
        _ => speck(width, height, art, rng),
    };
    if rng.random_bool(0.15) {
        grey(&mut canvas);
    }
    degrade::light(&mut canvas, rng.random_range(0.0..1.0), rng);
    degrade::expose(&mut canvas, rng.random_range(0.0..1.0), rng);
    if rng.random_bool(0.4) {
        let sigma = side * rng.random_range(0.002..0.03);
        degrade::blur(&mut canvas, sigma, sigma);
    }
    if rng.random_bool(0.4) {
        degrade::noise(&mut canvas, rng.random_range(0.005..0.1), rng);
    }
    if rng.random_bool(0.5) {
        degrade::jpeg(&mut canvas, rng.random_range(20..=95));
    }
    canvas
}

/// Emoji in a heap, or one so near that it is only colours and edges.
fn objects(width: usize, height: usize, art: &Art, rng: &mut SmallRng) -> Canvas {
    let mut canvas = background::any(width, height, &art.objects, rng);
    let (n, sizes) = if rng.random_bool(0.5) {
        (rng.random_range(1..3), 0.7..3.0)
    } else {
        (rng.random_range(3..14), 0.15..0.9)
    };
    for _ in 0..n {
        background::object(&mut canvas, &art.objects, rng.random_range(sizes.clone()), rng);
    }
    canvas
}

/// Many narrow stripes, slanted or of uneven width, or a chequered board.
fn stripes(width: usize, height: usize, rng: &mut SmallRng) -> Canvas {
    let colours: Vec<_> = (0..rng.random_range(2..6)).map(|_| any_colour(rng)).collect();
    let (sine, cosine) = rng.random_range(0.0..6.3f32).sin_cos();
    let frequency = rng.random_range(9.0..26.0f32);
    let board = rng.random_bool(0.3);
    let bend = rng.random_range(0.0..0.8f32);
    let mut canvas = Canvas::plain(width, height, colours[0]);
    canvas.map(|x, y, _| {
        let along = cosine * (x - 0.5) + sine * (y - 0.5);
        let across = cosine * (y - 0.5) - sine * (x - 0.5);
        let mut band = ((along + bend * across * across + 2.0) * frequency) as usize;
        if board {
            band += ((across + 2.0) * frequency) as usize;
        }
        colours[band % colours.len()]
    });
    canvas
}

/// Smooth colours that run into each other.
fn waves(width: usize, height: usize, rng: &mut SmallRng) -> Canvas {
    let mut canvas = Canvas::plain(width, height, [0.0; 3]);
    let numbers: [[f32; 4]; 3] = std::array::from_fn(|_| {
        std::array::from_fn(|i| rng.random_range(if i < 2 { -14.0..14.0 } else { 0.0..6.3 }))
    });
    let twist = rng.random_range(0.0..2.5f32);
    canvas.map(|x, y, _| {
        numbers.map(|[a, b, c, d]| {
            0.5 + 0.5 * (a * x + b * y + c + twist * (b * x - a * y + d).sin()).sin()
        })
    });
    canvas
}

/// A scene with a flag of a few pixels.
fn speck(width: usize, height: usize, art: &Art, rng: &mut SmallRng) -> Canvas {
    let mut canvas = background::clouds(width, height, rng);
    if rng.random_bool(0.5) {
        shapes::scatter(&mut canvas, rng);
    }
    let flag = art.flags.choose(rng).and_then(|drawings| Redrawing::varied(drawings, rng));
    if let Some(flag) = flag {
        let part = rng.random_range(0.02..0.07);
        let place = Place {
            left: rng.random_range(0.0..0.9) * width as f32,
            top: rng.random_range(0.0..0.9) * height as f32,
            width: part * width as f32,
            height: part * height as f32 / flag.aspect(),
        };
        let warp = Warp::flat(place);
        crate::scene::lay(&mut canvas, &flag, &warp, place);
        if rng.random_bool(0.5) {
            // Its pole.
            let spot = Spot {
                centre: [place.left, place.top + place.height * 2.0],
                radius: [0.6, place.height * 2.0],
                angle: 0.0,
            };
            shapes::draw(&mut canvas, Shape::Box, spot, [0.3; 3], 1.0);
        }
    }
    canvas
}

fn grey(canvas: &mut Canvas) {
    canvas.map(|_, _, pixel| [pixel.iter().sum::<f32>() / 3.0; 3]);
}
