//! Colours and their names.

use std::fmt;

use image::RgbImage;
use serde::Serialize;

/// The sixteen names of HTML 4.01, section 6.5.
const NAMES: [(&str, [u8; 3]); 16] = [
    ("black", [0, 0, 0]),
    ("silver", [192, 192, 192]),
    ("gray", [128, 128, 128]),
    ("white", [255, 255, 255]),
    ("maroon", [128, 0, 0]),
    ("red", [255, 0, 0]),
    ("purple", [128, 0, 128]),
    ("fuchsia", [255, 0, 255]),
    ("green", [0, 128, 0]),
    ("lime", [0, 255, 0]),
    ("olive", [128, 128, 0]),
    ("yellow", [255, 255, 0]),
    ("navy", [0, 0, 128]),
    ("blue", [0, 0, 255]),
    ("teal", [0, 128, 128]),
    ("aqua", [0, 255, 255]),
];

/// A colour with the name that comes closest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Colour {
    name: &'static str,
    rgb: [u8; 3],
}

impl Colour {
    /// The mean over all pixels of a picture, which has at least one.
    pub(crate) fn mean(picture: &RgbImage) -> Self {
        let mut sums = [0_u64; 3];
        for pixel in picture.pixels() {
            for (sum, sample) in sums.iter_mut().zip(pixel.0) {
                *sum += u64::from(sample);
            }
        }
        let pixels = u64::from(picture.width()) * u64::from(picture.height());
        let rgb = sums.map(|sum| (sum / pixels.max(1)) as u8);
        let distance = |other: [u8; 3]| -> u32 {
            other.iter().zip(rgb).map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
        };
        let name = NAMES.iter().min_by_key(|(_, other)| distance(*other)).map_or("", |n| n.0);
        Self { name, rgb }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.rgb;
        write!(f, "{} (#{red:02x}{green:02x}{blue:02x})", self.name)
    }
}
