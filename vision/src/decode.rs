//! From the bytes of an upload to pixels, with everything bounded before it is spent.
//!
//! Decoders are the largest attack surface of the server. Only five formats are compiled in, sizes
//! are checked before memory is reserved, and a panic of a decoder is an error of one picture.
//!
//! PNG, GIF and BMP have one meaning. JPEG does not: samples differ from those of libjpeg-turbo,
//! which Pillow uses, by 4 of 255 at most on nine photographs, on average by 0.01, or 0.1 to 0.2
//! where colours are stored at half resolution.

mod container;
mod error;
mod jpeg;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};

pub use container::{ForeignFormat, PictureFormat};
pub use error::DecodeError;

/// What a picture may cost. The defaults admit what cameras and telephones make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Longest side in pixels.
    pub max_side: u32,
    /// Width times height in pixels.
    pub max_pixels: u64,
    /// Scans of a JPEG: each costs as much as decoding the whole picture once. Common progressive
    /// files have at most 14.
    pub max_scans: usize,
    /// Bytes for pixels as decoded and for metadata. The decoders keep to it within about a
    /// quarter, and a progressive JPEG needs up to 6 bytes per pixel besides.
    pub max_alloc: u64,
}

/// A decoded picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The pixels; transparency is dropped without blending, as Pillow's `convert("RGB")` does.
    pub pixels: RgbImage,
    /// The format, told by the bytes.
    pub format: PictureFormat,
    /// Width in pixels as stored, before any orientation.
    pub width: u32,
    /// Height in pixels as stored, before any orientation.
    pub height: u32,
    /// Whether there are more pictures than the first, which is the only one decoded.
    pub animated: bool,
    /// Whether the pixels were turned or mirrored as the EXIF data ask.
    pub oriented: bool,
    /// How many pixels as stored one of `pixels` stands for along each axis: 1, or 2 or 4 where
    /// [`decode_at_least`] could do with fewer. The last one of a row or column may stand for fewer.
    pub reduction: u32,
}

impl Picture {
    /// Sides in pixels after any orientation, as if there were no reduction.
    pub fn sides(&self) -> (u32, u32) {
        if self.oriented {
            let (width, height) = self.pixels.dimensions();
            (width * self.reduction, height * self.reduction)
        } else {
            (self.width, self.height)
        }
    }
}

impl Default for DecodeLimits {
    fn default() -> Self {
        let max_pixels = 40_000_000;
        Self { max_side: 16384, max_pixels, max_scans: 32, max_alloc: max_pixels * 4 + (16 << 20) }
    }
}

/// Decodes a picture, the first one of an animation.
///
/// With `orient`, the orientation of EXIF data is applied, so that the picture stands as its
/// photographer saw it. Python's references ignore it. Colour profiles are never applied, 16 bits
/// are scaled to 8 (Pillow cuts them off), and the rare JPEG in Adobe's YCCK colours comes out
/// inverted, a fault of the decoder.
///
/// # Errors
///
/// Every variant of [`DecodeError`].
pub fn decode(bytes: &[u8], limits: &DecodeLimits, orient: bool) -> Result<Picture, DecodeError> {
    decode_at_least(bytes, limits, orient, |_, _| None)
}

/// The same for whoever shrinks the picture: `least` says how many pixels there must be across and down,
/// when it is told how many there are as stored. A JPEG of the common kind that has twice or four
/// times as many along both axes is decoded at half or quarter scale, in about two thirds or half of the
/// time with what comes after it. It never is when `least` says `None`.
///
/// # Errors
///
/// Every variant of [`DecodeError`], the same as those of [`decode`] for what is damaged.
pub fn decode_at_least(
    bytes: &[u8],
    limits: &DecodeLimits,
    orient: bool,
    least: impl FnOnce(u32, u32) -> Option<(u32, u32)>,
) -> Result<Picture, DecodeError> {
    guarded(|| {
        let (header, mut decoder) = open(bytes, limits)?;
        let Header { format, width, height, animated } = header;
        // Damaged metadata do not make a picture unreadable.
        let orientation = if orient { decoder.orientation().ok() } else { None }
            .unwrap_or(Orientation::NoTransforms);
        let oriented = orientation != Orientation::NoTransforms;
        let reduced = if format == PictureFormat::Jpeg { least(width, height) } else { None }
            // A pixel that stands for fewer is always the last one, and turning would make it the first.
            .and_then(|least| jpeg::decode_reduced(bytes, (width, height), least, oriented));
        let (pixels, reduction) = match reduced {
            Some(reduced) => reduced,
            None => {
                let pixels = DynamicImage::from_decoder(decoder).map_err(DecodeError::damaged)?;
                (pixels.into_rgb8(), 1)
            }
        };
        let pixels = if oriented {
            let mut image = DynamicImage::ImageRgb8(pixels);
            image.apply_orientation(orientation);
            image.into_rgb8()
        } else {
            pixels
        };
        Ok(Picture { pixels, format, width, height, animated, oriented, reduction })
    })
}

/// Whether a picture says of itself that it has more pixels, which is known in a microsecond where it is
/// a JPEG. `false` where it takes a decoder to know, or there is no picture.
pub fn claims_more_than(pixels: u64, bytes: &[u8]) -> bool {
    container::format(bytes) == Ok(PictureFormat::Jpeg)
        && jpeg::sides(bytes)
            .is_some_and(|(width, height)| u64::from(width) * u64::from(height) > pixels)
}

/// What the header of a picture says.
struct Header {
    format: PictureFormat,
    width: u32,
    height: u32,
    animated: bool,
}

/// Opens a decoder and checks everything that can be checked before pixels are decoded.
fn open<'a>(
    bytes: &'a [u8],
    limits: &DecodeLimits,
) -> Result<(Header, Box<dyn ImageDecoder + 'a>), DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    let format = container::format(bytes).map_err(DecodeError::UnknownFormat)?;
    if format == PictureFormat::Jpeg {
        jpeg::check(bytes, limits.max_scans)?;
    }
    let mut allocation = Limits::no_limits();
    allocation.max_alloc = Some(limits.max_alloc);
    let decoder: Box<dyn ImageDecoder + 'a> = if format == PictureFormat::Jpeg {
        Box::new(jpeg::Jpeg::new(bytes).map_err(DecodeError::damaged)?)
    } else {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format.into());
        reader.limits(allocation.clone());
        Box::new(reader.into_decoder().map_err(DecodeError::damaged)?)
    };
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(DecodeError::Damaged { reason: "it has no pixels".to_owned() });
    }
    let too_large = width > limits.max_side
        || height > limits.max_side
        || u64::from(width) * u64::from(height) > limits.max_pixels;
    if too_large {
        let (max_side, max_pixels) = (limits.max_side, limits.max_pixels);
        return Err(DecodeError::TooLarge { width, height, max_side, max_pixels });
    }
    // Decoding through `from_decoder` does not check the buffer of the result by itself.
    let bytes_needed = decoder.total_bytes();
    if allocation.reserve(bytes_needed).is_err() {
        return Err(DecodeError::TooMuchMemory { bytes: bytes_needed, limit: limits.max_alloc });
    }
    let animated = container::is_animated(format, bytes);
    Ok((Header { format, width, height, animated }, decoder))
}

/// Turns a panic into an error: decoders are known to panic on hostile bytes.
fn guarded<T>(work: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    // Nothing outlives the closure but its result, so no broken state can be seen.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(DecodeError::Panicked))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the worker: whatever a decoder does, only its own picture fails.
    #[test]
    fn a_panic_is_an_error() {
        let result = guarded(|| -> Result<(), _> { panic!("a decoder gave up") });
        assert!(matches!(result, Err(DecodeError::Panicked)));
    }
}
