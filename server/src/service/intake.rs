//! From a picture, or where it is, to what a network takes.

use std::{
    io::Cursor,
    time::{Duration, Instant},
};

use app::{
    classify::{Picture, Watcher},
    problem::Problem,
    wire::{Explanation, Source, SourceKind, Stage},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::jpeg::JpegEncoder};
use vision::{
    card::ModelCard,
    decode::{DecodeError, DecodeLimits, Picture as Decoded, decode_at_least},
};

use super::{faults, way::Way};
use crate::{catalogue::Entry, heat};

/// Pixels that are decoded in some 20 microseconds.
const TINY_PIXELS: u64 = 32 * 32;

/// Bytes that are looked through in as many.
const TINY_BYTES: usize = 128 * 1024;

/// JPEG quality of the crop that a page shows: small, and no artefacts to be seen.
const CROP_QUALITY: u8 = 88;

/// A picture as it came.
pub(crate) struct Taken {
    pub(crate) bytes: Bytes,
    pub(crate) kind: SourceKind,
    pub(super) name: Option<String>,
    pub(crate) fetching: Duration,
}

/// A picture made ready, with what there is to say about it.
pub(super) struct Prepared {
    pub(super) pixels: Vec<f32>,
    pub(super) facts: Facts,
    crop: RgbImage,
}

/// What there is to say about a picture.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    format: String,
    width: u32,
    height: u32,
    animated: bool,
}

impl Way {
    /// Gets hold of the picture.
    pub(super) async fn take(
        &self,
        entry: &Entry,
        picture: Picture,
        watcher: &Watcher,
    ) -> Result<Taken, Problem> {
        let Picture::Example(file) = picture else { return self.obtain(picture, watcher).await };
        let found = match &file {
            Some(file) => entry.example(file),
            None => entry.examples.first(),
        };
        let example = found.ok_or_else(|| faults::no_example(&entry.card.name, file.as_deref()))?;
        Ok(Taken {
            bytes: example.bytes.clone(),
            kind: SourceKind::Example,
            name: Some(example.title.clone()),
            fetching: Duration::ZERO,
        })
    }

    /// Gets hold of a picture that was sent, or that has an address.
    pub(crate) async fn obtain(
        &self,
        picture: Picture,
        watcher: &Watcher,
    ) -> Result<Taken, Problem> {
        let start = Instant::now();
        match picture {
            Picture::Bytes { bytes, name } => {
                if bytes.len() as u64 > self.limits.max_upload {
                    return Err(faults::upload_too_large(self.limits.max_upload));
                }
                Ok(Taken { bytes, kind: SourceKind::Upload, name, fetching: Duration::ZERO })
            }
            Picture::Url(url) => {
                watcher(Stage::Fetching { received: 0, total: None });
                let progress = |received, total| watcher(Stage::Fetching { received, total });
                // In a box, so that a picture that is not fetched has no memory for it.
                let fetched = Box::pin(self.fetcher.watch(&url, &progress)).await;
                let fetched = fetched.map_err(|error| faults::fetch(&error))?;
                Ok(Taken {
                    bytes: fetched.bytes,
                    kind: SourceKind::Url,
                    name: Some(url),
                    fetching: start.elapsed(),
                })
            }
            Picture::Example(_) => Err(faults::no_picture()),
        }
    }

    /// Decodes and prepares.
    pub(super) async fn prepare(
        &self,
        card: &ModelCard,
        bytes: Bytes,
    ) -> Result<Prepared, Problem> {
        let (preprocess, all) = (card.preprocess, self.limits.full_decode);
        let least =
            move |width, height| if all { None } else { preprocess.least_sides(width, height) };
        let ready = move |picture: Decoded| {
            let prepared = preprocess.prepare_picture(&picture);
            Prepared {
                pixels: prepared.pixels,
                crop: prepared.crop,
                facts: Facts {
                    format: picture.format.to_string().to_lowercase(),
                    width: picture.width,
                    height: picture.height,
                    animated: picture.animated,
                },
            }
        };
        self.decode(bytes, card.orientation, least, ready).await
    }

    /// Decodes on a thread for that, to no fewer pixels than are asked for, and does there what is left
    /// to do. A tiny picture is decoded on the spot, in less time than the way to such a thread and
    /// back takes.
    pub(crate) async fn decode<T: Send + 'static>(
        &self,
        bytes: Bytes,
        orientation: bool,
        least: impl FnOnce(u32, u32) -> Option<(u32, u32)> + Send + 'static,
        then: impl FnOnce(Decoded) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        if let Some(picture) = decode_tiny(&bytes, &self.decode_limits, orientation) {
            return picture.map(then).map_err(|error| faults::decode(&error));
        }
        let limits = self.decode_limits.clone();
        let work = move || decode_at_least(&bytes, &limits, orientation, least).map(then);
        let decoded = self.decoders.run(work).await.ok_or_else(faults::bug)?;
        decoded.map_err(|error| faults::decode(&error))
    }
}

/// What comes of a picture that is small in every way, or of a few bytes that are none; `None` for
/// whatever is larger, which only its header was read of.
fn decode_tiny(
    bytes: &[u8],
    limits: &DecodeLimits,
    orientation: bool,
) -> Option<Result<Decoded, DecodeError>> {
    if bytes.len() > TINY_BYTES || vision::decode::claims_more_than(TINY_PIXELS, bytes) {
        return None;
    }
    let limits = DecodeLimits { max_pixels: TINY_PIXELS, ..limits.clone() };
    match vision::decode::decode(bytes, &limits, orientation) {
        Err(DecodeError::TooLarge { .. }) => None,
        decoded => Some(decoded),
    }
}

impl Facts {
    /// A picture of which these are the facts, and how it came.
    pub(super) fn source(&self, taken: &Taken) -> Source {
        Source {
            kind: taken.kind,
            name: taken.name.clone(),
            format: self.format.clone(),
            width: self.width,
            height: self.height,
            bytes: taken.bytes.len() as u64,
            animated: self.animated,
        }
    }
}

impl Prepared {
    /// What the network saw with a heat map over it, as a `data:` URL with a PNG.
    pub(super) fn overlay_url(&self, map: &Explanation) -> Result<String, Problem> {
        let png = heat::overlay(&self.crop, map).map_err(|_| faults::bug())?;
        Ok(format!("data:image/png;base64,{}", STANDARD.encode(png)))
    }

    /// What the network saw, as a `data:` URL with a JPEG: some 15 kB for 224 x 224.
    pub(super) fn crop_url(&self) -> Result<String, Problem> {
        let (width, height) = self.crop.dimensions();
        let mut jpeg = Cursor::new(Vec::new());
        JpegEncoder::new_with_quality(&mut jpeg, CROP_QUALITY)
            .write_image(self.crop.as_raw(), width, height, ExtendedColorType::Rgb8)
            .map_err(|_| faults::bug())?;
        Ok(format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg.into_inner())))
    }
}
