//! JPEG from the bytes where they lie.
//!
//! The decoder that `image` has for it copies the file, and reads its header three times.

mod layout;
mod reduced;

use image::error::{DecodingError, UnsupportedError, UnsupportedErrorKind};
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, ImageResult};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

pub(super) use layout::{check, sides};
pub(super) use reduced::decode as decode_reduced;

/// A decoder that has read the header.
pub(super) struct Jpeg<'a> {
    /// In a box, since its tables are tens of kilobytes that would be copied wherever it goes.
    decoder: Box<JpegDecoder<ZCursor<&'a [u8]>>>,
    sides: (u32, u32),
    colours: ColorType,
}

impl<'a> Jpeg<'a> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// When it breaks the rules, or asks for what the decoder cannot do.
    pub(super) fn new(bytes: &'a [u8]) -> ImageResult<Self> {
        // Sides are bounded by whoever asks for the pixels.
        let options = DecoderOptions::default()
            .set_strict_mode(false)
            .set_max_width(usize::MAX)
            .set_max_height(usize::MAX);
        let mut decoder = Box::new(JpegDecoder::new_with_options(ZCursor::new(bytes), options));
        decoder.decode_headers().map_err(told)?;
        let (width, height) = decoder.dimensions().unwrap_or_default();
        let (space, colours) = match decoder.input_colorspace() {
            Some(ColorSpace::Luma) => (ColorSpace::Luma, ColorType::L8),
            _ => (ColorSpace::RGB, ColorType::Rgb8),
        };
        decoder.set_options(options.jpeg_set_out_colorspace(space));
        // The format has 16 bits for each.
        Ok(Self { decoder, sides: (width as u32, height as u32), colours })
    }
}

impl ImageDecoder for Jpeg<'_> {
    fn dimensions(&self) -> (u32, u32) {
        self.sides
    }

    fn color_type(&self) -> ColorType {
        self.colours
    }

    fn exif_metadata(&mut self) -> ImageResult<Option<Vec<u8>>> {
        Ok(self.decoder.exif().cloned())
    }

    fn read_image(mut self, pixels: &mut [u8]) -> ImageResult<()> {
        self.decoder.decode_into(pixels).map_err(told)
    }

    fn read_image_boxed(self: Box<Self>, pixels: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(pixels)
    }
}

/// An error of the decoder as `image` tells it.
fn told(error: DecodeErrors) -> ImageError {
    let format = ImageFormat::Jpeg.into();
    match error {
        DecodeErrors::Unsupported(what) => {
            let what = UnsupportedErrorKind::GenericFeature(format!("{what:?}"));
            ImageError::Unsupported(UnsupportedError::from_format_and_kind(format, what))
        }
        other => ImageError::Decoding(DecodingError::new(format, other)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::io::Cursor;

    use image::DynamicImage;
    use image::codecs::jpeg;
    use image::metadata::Orientation;
    use proptest::prelude::*;

    use super::*;

    fn pictures() -> Vec<Vec<u8>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let jpegs = files.filter(|path| path.extension().is_some_and(|it| it == "jpg"));
        jpegs.map(|path| fs::read(path).unwrap()).collect()
    }

    /// Orientation and pixels, or what is wrong.
    fn all_of(
        decoder: ImageResult<impl ImageDecoder>,
    ) -> Result<(Orientation, DynamicImage), String> {
        let read = |mut decoder| {
            let orientation = ImageDecoder::orientation(&mut decoder)?;
            Ok((orientation, DynamicImage::from_decoder(decoder)?))
        };
        decoder.and_then(read).map_err(|error| error.to_string())
    }

    fn assert_as_image_has_it(bytes: &[u8]) {
        let theirs = all_of(jpeg::JpegDecoder::new(Cursor::new(bytes)));
        assert_eq!(all_of(Jpeg::new(bytes)), theirs);
    }

    #[test]
    fn the_sides_are_known_before_the_header_is_read() {
        for bytes in pictures() {
            let known = Jpeg::new(&bytes).map(|decoder| decoder.dimensions()).ok();
            assert_eq!(sides(&bytes), known);
        }
        assert_eq!(sides(b"\xFF\xD8\xFF\xC0\0\x0B\x08\0\x02"), None, "it breaks off");
    }

    /// Protects the numbers: only the way to the decoder is ours.
    #[test]
    fn pictures_are_those_of_image() {
        let pictures = pictures();
        assert!(pictures.len() > 8, "there are pictures");
        pictures.iter().for_each(|bytes| assert_as_image_has_it(bytes));
    }

    proptest! {
        /// Protects the words: damage is told as it was.
        #[test]
        fn damaged_pictures_are_those_of_image(
            picture: prop::sample::Index, at: prop::sample::Index, byte: u8, end: prop::sample::Index,
        ) {
            let mut bytes = picture.get(&pictures()).clone();
            let at = at.index(bytes.len().min(700));
            bytes[at] = byte;
            if byte.is_multiple_of(2) {
                bytes.truncate(end.index(bytes.len()).max(1));
            }
            // A panic is a matter of whoever calls, and sizes are bounded there.
            let small = Jpeg::new(&bytes).map_or(true, |it| it.total_bytes() < 1 << 20);
            let panics = || std::panic::catch_unwind(|| all_of(jpeg::JpegDecoder::new(Cursor::new(&bytes)))).is_err();
            if small && !panics() {
                assert_as_image_has_it(&bytes);
            }
        }
    }
}
