//! Pillow's resampling of 8-bit pictures, bit for bit.
//!
//! The algorithm is that of `src/libImaging/Resample.c` in Pillow 13, and of `Geometry.c` for the
//! nearest sample: weights in `f64`, rounded to
//! 22-bit fixed point, one pass along each axis, and 8 bits between the passes. Every sample of
//! the result depends only on its own windows, so a region can be computed without the rest.

mod nearest;
mod passes;
mod weights;

use std::ops::Range;

use image::RgbImage;
use serde::Deserialize;

use passes::View;
use weights::{Filter, Windows};

/// Filter of a resampling. But for the nearest sample, they widen when a picture shrinks, which is
/// called antialiasing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interpolation {
    /// The sample that the centre of a pixel falls on, without any filter.
    Nearest,
    /// Triangle, support of one pixel.
    Bilinear,
    /// Keys' cubic with `a = -0.5`, support of two pixels.
    Bicubic,
}

/// A rectangle of a resampled picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Number of columns.
    pub width: u32,
    /// Number of rows.
    pub height: u32,
}

/// What happens along one axis.
enum Axis {
    /// Nothing; these rows or columns are shown.
    Kept(Range<usize>),
    /// A pass with these windows.
    Resampled(Windows),
}

/// Resamples a picture to a size, as `Image.resize((width, height), filter)` does.
///
/// # Panics
///
/// When a side of the picture or of the result is zero.
pub fn resize(
    picture: &RgbImage,
    width: u32,
    height: u32,
    interpolation: Interpolation,
) -> RgbImage {
    let whole = Region { left: 0, top: 0, width, height };
    resize_region(picture, width, height, interpolation, whole)
}

/// The same as [`resize`] followed by a crop, but computes only what the crop shows.
///
/// Work and memory are bounded by the region and the picture: a picture of 1 x 16384 whose short
/// side becomes 256 would otherwise have more than a thousand million pixels on the way.
///
/// # Panics
///
/// When a side of the picture is zero, or when the region is empty or outside of the result.
pub fn resize_region(
    picture: &RgbImage,
    width: u32,
    height: u32,
    interpolation: Interpolation,
    region: Region,
) -> RgbImage {
    let (across, down) = picture.dimensions();
    let extent = (f64::from(across), f64::from(down));
    resize_extent(picture, extent, width, height, interpolation, region)
}

/// The same as [`resize_region`] for a picture that ends within its last column and row: its extent in
/// pixels. The nearest sample knows whole pixels only.
///
/// # Panics
///
/// As [`resize_region`].
pub(super) fn resize_extent(
    picture: &RgbImage,
    extent: (f64, f64),
    width: u32,
    height: u32,
    interpolation: Interpolation,
    region: Region,
) -> RgbImage {
    let (in_width, in_height) = picture.dimensions();
    assert!(in_width > 0 && in_height > 0, "a picture without pixels cannot be resampled");
    assert!(
        region.width > 0
            && region.height > 0
            && u64::from(region.left) + u64::from(region.width) <= u64::from(width)
            && u64::from(region.top) + u64::from(region.height) <= u64::from(height),
        "the region must be inside of the result"
    );

    let filter = match interpolation {
        Interpolation::Nearest => return nearest::region(picture, width, height, region),
        Interpolation::Bilinear => Filter::Bilinear,
        Interpolation::Bicubic => Filter::Bicubic,
    };
    // Pillow leaves a pass out when the size stays, which also keeps samples as they are.
    let rows = Axis::new((in_height, extent.1), height, filter, region.top, region.height);
    let columns = Axis::new((in_width, extent.0), width, filter, region.left, region.width);
    let (span, lines) = (columns.extent(), rows.extent());
    let source = View::of_picture(picture.as_raw(), in_width as usize, lines.clone(), span.clone());
    let raw = match (columns, rows) {
        (Axis::Kept(_), Axis::Kept(_)) => source.to_vec(),
        (Axis::Resampled(columns), Axis::Kept(_)) => passes::horizontal(&source, &columns),
        (Axis::Kept(_), Axis::Resampled(rows)) => passes::vertical(&source, &rows),
        (Axis::Resampled(columns), Axis::Resampled(rows)) => {
            if vertical_first((in_width, in_height), (width, height)) {
                let short = passes::vertical(&source, &rows);
                passes::horizontal(&View::of_pass(&short, 0..rows.len(), span), &columns)
            } else {
                let narrow = passes::horizontal(&source, &columns);
                passes::vertical(&View::of_pass(&narrow, lines, 0..columns.len()), &rows)
            }
        }
    };
    RgbImage::from_raw(region.width, region.height, raw)
        .expect("the passes give every sample of the region")
}

/// Which pass comes first matters, because the samples between the passes are rounded.
///
/// Pillow 13 shrinks the height first if it loses more than twice as many pixels as the width;
/// before 13 the width was always first. Found by comparing 6000 sizes with Pillow 13.0.0.
fn vertical_first((in_width, in_height): (u32, u32), (width, height): (u32, u32)) -> bool {
    let lost_rows = i64::from(in_height) - i64::from(height);
    let lost_columns = i64::from(in_width) - i64::from(width);
    lost_rows > 0 && lost_rows > 2 * lost_columns
}

impl Axis {
    fn new((input, extent): (u32, f64), output: u32, filter: Filter, first: u32, len: u32) -> Self {
        let range = first..first + len;
        if extent == f64::from(output) {
            Self::Kept(range.start as usize..range.end as usize)
        } else {
            Self::Resampled(Windows::new(input, extent, output, filter, range))
        }
    }

    /// The input rows or columns that are needed.
    fn extent(&self) -> Range<usize> {
        match self {
            Self::Kept(range) => range.clone(),
            Self::Resampled(windows) => windows.extent(),
        }
    }
}
