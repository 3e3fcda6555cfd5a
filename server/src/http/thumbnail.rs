//! Small versions of example pictures, as galleries show them.

use std::{
    collections::HashMap,
    io::Cursor,
    sync::{LazyLock, Mutex, PoisonError},
};

use bytes::Bytes;
use image::{
    DynamicImage, ImageDecoder, ImageReader, ImageResult, codecs::jpeg::JpegEncoder,
    imageops::FilterType,
};

/// Width and height in pixels: enough for what a gallery shows on a fine screen.
const SIZE: (u32, u32) = (160, 120);
/// JPEG quality. The pictures are small and many.
const QUALITY: u8 = 70;

/// Thumbnails made so far with what they were made of, by path. There are as many as examples.
static MADE: LazyLock<Mutex<HashMap<String, (Bytes, Bytes)>>> = LazyLock::new(Mutex::default);

/// The thumbnail of a picture that stands at `path`, as JPEG; the picture itself if it is none
/// that can be read.
pub(super) async fn thumbnail(path: String, picture: Bytes) -> Bytes {
    let made = MADE.lock().unwrap_or_else(PoisonError::into_inner).get(&path).cloned();
    if let Some((_, thumbnail)) = made.filter(|(of, _)| *of == picture) {
        return thumbnail;
    }
    let original = picture.clone();
    let made = tokio::task::spawn_blocking(move || shrink(&original)).await;
    let Ok(Ok(thumbnail)) = made else { return picture };
    let mut all = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    all.insert(path, (picture, thumbnail.clone()));
    thumbnail
}

fn shrink(picture: &[u8]) -> ImageResult<Bytes> {
    let mut decoder =
        ImageReader::new(Cursor::new(picture)).with_guessed_format()?.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    let small = image.resize_to_fill(SIZE.0, SIZE.1, FilterType::Triangle).into_rgb8();
    let mut jpeg = Vec::new();
    small.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY))?;
    Ok(jpeg.into())
}
