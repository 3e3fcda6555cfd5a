//! Where a point of the picture lies on the flag: a turn in space, a view, and waves in the cloth.

use std::f32::consts::TAU;

use rand::{Rng, rngs::SmallRng};

/// Maps points of the picture to points of the flag, both in pixels and `0..1` respectively.
#[derive(Debug, Clone)]
pub struct Warp {
    /// Rows of the matrix from homogeneous picture coordinates to flag coordinates.
    inverse: [[f32; 3]; 3],
    waves: Vec<Wave>,
}

/// A ripple that runs over the cloth.
#[derive(Debug, Clone)]
struct Wave {
    frequency: [f32; 2],
    phase: f32,
    shift: [f32; 2],
    shade: f32,
}

/// How the flag is turned, in radians.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pose {
    /// About the upright axis.
    pub yaw: f32,
    /// About the level axis.
    pub pitch: f32,
    /// In the plane of the picture.
    pub roll: f32,
    /// How near the viewer is: 0 is far, 1 is a wide-angle lens.
    pub nearness: f32,
}

/// A rectangle in pixels of the picture.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Warp {
    /// A flag that lies flat on exactly this rectangle.
    pub fn flat(place: Place) -> Self {
        let inverse = [
            [1.0 / place.width, 0.0, -place.left / place.width],
            [0.0, 1.0 / place.height, -place.top / place.height],
            [0.0, 0.0, 1.0],
        ];
        Self { inverse, waves: Vec::new() }
    }

    /// A flag of these proportions, turned, seen so that it just fits in the rectangle. The
    /// rectangle is shrunk to the proportions of what is seen; the second value is its new area.
    pub fn posed(aspect: f32, pose: Pose, place: Place) -> (Self, Place) {
        let (half_width, half_height) = (aspect / 2.0, 0.5);
        let [across, down] = axes(pose);
        let distance = aspect.max(1.0) * (1.2 + 6.0 * (1.0 - pose.nearness));
        // Flag coordinates from the centre, then the camera's view of them.
        let mut view = [[0.0; 3]; 3];
        for i in 0..2 {
            view[i] = [across[i], down[i], 0.0];
        }
        view[2] = [across[2] / distance, down[2] / distance, 1.0];
        let unit = [
            [2.0 * half_width, 0.0, -half_width],
            [0.0, 2.0 * half_height, -half_height],
            [0.0, 0.0, 1.0],
        ];
        let seen = product(&view, &unit);
        let corners = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]].map(|p| apply(&seen, p));
        let bound = |i: usize, f: fn(f32, f32) -> f32| {
            corners.iter().map(|corner| corner[i]).reduce(f).unwrap_or(0.0)
        };
        let [left, top] = [bound(0, f32::min), bound(1, f32::min)];
        let [wide, high] = [bound(0, f32::max) - left, bound(1, f32::max) - top];
        let scale = (place.width / wide).min(place.height / high);
        let fitted = Place {
            left: place.left + (place.width - wide * scale) / 2.0,
            top: place.top + (place.height - high * scale) / 2.0,
            width: wide * scale,
            height: high * scale,
        };
        let onto = [
            [scale, 0.0, fitted.left - left * scale],
            [0.0, scale, fitted.top - top * scale],
            [0.0, 0.0, 1.0],
        ];
        (Self { inverse: inverted(&product(&onto, &seen)), waves: Vec::new() }, fitted)
    }

    /// Lets the cloth wave; `strength` 1 is a fresh wind.
    pub fn waving(mut self, strength: f32, rng: &mut SmallRng) -> Self {
        for i in 0..rng.random_range(1..=3) {
            let frequency = [
                rng.random_range(0.4..2.2f32) * (1.0 + 0.5 * i as f32),
                rng.random_range(-0.8..0.8),
            ];
            let size = strength * rng.random_range(0.3..1.0) / (1.0 + frequency[0]);
            self.waves.push(Wave {
                frequency,
                phase: rng.random_range(0.0..TAU),
                shift: [rng.random_range(-0.05..0.05) * size, rng.random_range(-0.16..0.16) * size],
                shade: rng.random_range(-0.45..0.45) * strength.min(1.0),
            });
        }
        self
    }

    /// The point of the flag that is seen at a point of the picture, and how much light the
    /// waves add there.
    pub fn locate(&self, x: f32, y: f32) -> ([f32; 2], f32) {
        let [mut u, mut v] = apply(&self.inverse, [x, y]);
        let mut light = 0.0;
        let (u0, v0) = (u, v);
        for wave in &self.waves {
            let angle = TAU * (wave.frequency[0] * u0 + wave.frequency[1] * v0) + wave.phase;
            let (sine, cosine) = angle.sin_cos();
            u += wave.shift[0] * sine;
            v += wave.shift[1] * sine;
            light += wave.shade * cosine;
        }
        ([u, v], light)
    }

    /// About how many flag heights and widths one pixel of the picture is, at a point.
    pub fn footprint(&self, x: f32, y: f32) -> [f32; 2] {
        let here = apply(&self.inverse, [x, y]);
        let right = apply(&self.inverse, [x + 1.0, y]);
        let below = apply(&self.inverse, [x, y + 1.0]);
        std::array::from_fn(|i| (right[i] - here[i]).abs() + (below[i] - here[i]).abs())
    }
}

/// The flag's axes (to the right, down) after the turn.
fn axes(pose: Pose) -> [[f32; 3]; 2] {
    let (sin_yaw, cos_yaw) = pose.yaw.sin_cos();
    let (sin_pitch, cos_pitch) = pose.pitch.sin_cos();
    let (sin_roll, cos_roll) = pose.roll.sin_cos();
    let rolled =
        |[x, y, z]: [f32; 3]| [cos_roll * x - sin_roll * y, sin_roll * x + cos_roll * y, z];
    [
        rolled([cos_yaw, sin_yaw * sin_pitch, sin_yaw * cos_pitch]),
        rolled([0.0, cos_pitch, -sin_pitch]),
    ]
}

fn apply(matrix: &[[f32; 3]; 3], [x, y]: [f32; 2]) -> [f32; 2] {
    let [a, b, c] = matrix.map(|row| row[0] * x + row[1] * y + row[2]);
    [a / c, b / c]
}

fn product(a: &[[f32; 3]; 3], b: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()))
}

/// Inverse up to a factor, which homogeneous coordinates do not mind.
fn inverted(m: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let (r, s) = ((j + 1) % 3, (j + 2) % 3);
            let (c, d) = ((i + 1) % 3, (i + 2) % 3);
            m[r][c] * m[s][d] - m[r][d] * m[s][c]
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { left: 10.0, top: 20.0, width: 60.0, height: 40.0 };

    #[test]
    fn a_pose_that_turns_nothing_is_the_flat_flag() {
        let (posed, fitted) = Warp::posed(1.5, Pose::default(), PLACE);
        let flat = Warp::flat(PLACE);
        assert!((fitted.width - 60.0).abs() < 1e-3);
        for (x, y) in [(10.0, 20.0), (40.0, 40.0), (70.0, 60.0), (12.5, 57.0)] {
            let ([u, v], light) = posed.locate(x, y);
            let ([u0, v0], _) = flat.locate(x, y);
            assert!((u - u0).abs() < 1e-4 && (v - v0).abs() < 1e-4, "{u} {u0} {v} {v0}");
            assert_eq!(light, 0.0);
        }
    }

    #[test]
    fn a_turned_flag_stays_in_its_place() {
        let pose = Pose { yaw: 0.7, pitch: -0.3, roll: 0.4, nearness: 0.8 };
        let (warp, fitted) = Warp::posed(1.5, pose, PLACE);
        let ([u, v], _) =
            warp.locate(fitted.left + fitted.width / 2.0, fitted.top + fitted.height / 2.0);
        assert!((0.2..0.8).contains(&u) && (0.2..0.8).contains(&v), "{u} {v}");
        let ([u, v], _) = warp.locate(fitted.left - 1.0, fitted.top - 1.0);
        assert!(!((0.0..1.0).contains(&u) && (0.0..1.0).contains(&v)));
    }
}
