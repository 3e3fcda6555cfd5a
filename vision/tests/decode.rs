//! Decoding: what is read, what is refused and with what words, and that nothing panics.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use image::RgbImage;
use proptest::prelude::*;
use vision::decode::{DecodeError, DecodeLimits, ForeignFormat, PictureFormat, decode};

const QUADRANTS: [[u8; 3]; 4] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]];

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/pictures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn decoded(bytes: &[u8]) -> Result<vision::decode::Picture, DecodeError> {
    decode(bytes, &DecodeLimits::default(), true)
}

/// Asserts that the centres of the quadrants have these colours, up to the loss of a JPEG.
fn assert_quadrants(name: &str, pixels: &RgbImage, expected: [[u8; 3]; 4]) {
    assert_eq!(pixels.dimensions(), (48, 32), "{name}");
    for ((x, y), expected) in [(12, 8), (36, 8), (12, 24), (36, 24)].into_iter().zip(expected) {
        let found = pixels.get_pixel(x, y).0;
        let near = found.iter().zip(expected).all(|(&a, b)| a.abs_diff(b) <= 12);
        assert!(near, "{name} at {x}, {y}: {found:?} instead of {expected:?}");
    }
}

/// A PNG that is only a header, for a size that nobody should believe.
fn png_header(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([depth, colour, 0, 0, 0]);
    for (name, data) in [(b"IHDR", header.as_slice()), (b"IDAT", &[]), (b"IEND", &[])] {
        let content = [name.as_slice(), data].concat();
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(&content);
        bytes.extend(crc32(&content).to_be_bytes());
    }
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |mut crc: u32, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
        crc
    })
}

/// Protects telephone pictures: all eight orientations stand upright, and are left alone if asked.
#[test]
fn orientation_is_applied_when_asked() {
    for orientation in 1..=8 {
        let name = format!("exif_{orientation}.jpg");
        let picture = decoded(&file(&name)).unwrap();
        assert_quadrants(&name, &picture.pixels, QUADRANTS);
        assert_eq!(picture.oriented, orientation != 1, "{name}");
        let stored = if orientation < 5 { (48, 32) } else { (32, 48) };
        assert_eq!((picture.width, picture.height), stored, "{name}");

        let raw = decode(&file(&name), &DecodeLimits::default(), false).unwrap();
        assert_eq!(raw.pixels.dimensions(), stored, "{name}");
        assert!(!raw.oriented, "{name}");
    }
}

/// Protects every colour type and format: all become RGB as Pillow's `convert("RGB")` does.
#[test]
fn every_kind_of_pixel_becomes_rgb() {
    // ITU-R 601 luma of the four colours.
    let greys = [[76; 3], [150; 3], [29; 3], [255; 3]];
    let cases = [
        ("progressive.jpg", PictureFormat::Jpeg, QUADRANTS),
        ("cmyk.jpg", PictureFormat::Jpeg, QUADRANTS),
        ("grey.jpg", PictureFormat::Jpeg, greys),
        ("colour.bmp", PictureFormat::Bmp, QUADRANTS),
        ("lossless.webp", PictureFormat::WebP, QUADRANTS),
        ("plain.gif", PictureFormat::Gif, QUADRANTS),
        ("palette.png", PictureFormat::Png, QUADRANTS),
        ("grey.png", PictureFormat::Png, greys),
        ("grey16.png", PictureFormat::Png, greys),
        // Transparency is dropped, never blended with black or white.
        ("transparent.png", PictureFormat::Png, QUADRANTS),
        ("transparent.webp", PictureFormat::WebP, QUADRANTS),
    ];
    for (name, format, colours) in cases {
        let picture = decoded(&file(name)).unwrap();
        assert_eq!(picture.format, format, "{name}");
        assert!(!picture.animated, "{name}");
        assert_quadrants(name, &picture.pixels, colours);
    }
    let bit = decoded(&file("bit.png")).unwrap().pixels;
    assert_eq!(bit.get_pixel(36, 24).0, [255; 3]);
}

/// Protects animations: the first picture is what is classified, and the answer can say so.
#[test]
fn the_first_picture_of_an_animation_is_decoded() {
    for name in ["animated.gif", "animated.png", "animated.webp"] {
        let picture = decoded(&file(name)).unwrap();
        assert!(picture.animated, "{name}");
        assert!(picture.pixels.pixels().all(|pixel| pixel.0 == [255, 0, 0]), "{name}");
    }
}

/// Protects memory: a header of 57 bytes must not reserve a gigabyte.
#[test]
fn a_header_that_promises_too_much_is_refused() {
    for (width, height, depth, colour) in
        [(40_000, 40_000, 8, 2), (12_000, 12_000, 16, 6), (16_385, 1, 1, 0), (8_000, 5_001, 8, 0)]
    {
        let error = decoded(&png_header(width, height, depth, colour)).unwrap_err();
        let expected =
            DecodeError::TooLarge { width, height, max_side: 16_384, max_pixels: 40_000_000 };
        assert_eq!(error, expected);
    }
    // Few enough pixels, but eight bytes for each.
    let error = decoded(&png_header(6_000, 6_000, 16, 6)).unwrap_err();
    assert_eq!(error, DecodeError::TooMuchMemory { bytes: 288_000_000, limit: 176_777_216 });
}

/// Protects the processor: a scan takes a few bytes and costs a pass over all pixels.
#[test]
fn a_jpeg_with_many_scans_is_refused() {
    let original = file("progressive.jpg");
    let scan = original.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let (head, tail) = original.split_at(scan);
    let (scan, end) = tail.split_at(tail.len() - 2);
    let bomb = [head, &scan.repeat(40), end].concat();
    assert_eq!(decoded(&bomb).unwrap_err(), DecodeError::TooManyScans { limit: 32 });
    // Nor where it hides: for one parser a marker stands alone and a segment follows that covers the bomb, for
    // another one the marker has a length and covers the beginning of that segment.
    let mut hidden = vec![0xFF, 0xD8, 0xFF, 0x01, 0, 6, 0xFF, 0xE1];
    hidden.extend(u16::try_from(bomb.len()).unwrap().to_be_bytes());
    hidden.extend(&bomb[2..]);
    hidden.extend(&original[2..]);
    assert_eq!(decoded(&hidden).unwrap_err(), DecodeError::TooManyScans { limit: 32 });
    // What follows the end of the picture is another matter.
    let trailer = [original.as_slice(), &[0xFF, 0xDA].repeat(40)].concat();
    assert_quadrants("trailer", &decoded(&trailer).unwrap().pixels, QUADRANTS);
}

/// Protects the sender from an answer about grey: a JPEG cut in transfer is not half a picture.
#[test]
fn a_truncated_picture_is_damaged() {
    for name in ["exif_1.jpg", "progressive.jpg", "palette.png", "lossless.webp", "colour.bmp"] {
        let bytes = file(name);
        let error = decoded(&bytes[..bytes.len() * 3 / 4]).unwrap_err();
        assert!(matches!(error, DecodeError::Damaged { .. }), "{name}: {error:?}");
    }
    // Nor one without a scan, although a byte that is in no segment may hide one.
    let reason = "the file ends before the picture".to_owned();
    let hollow = [0xFF, 0xD8, 0xFF, 0x01, 0xFF, 0xD9];
    assert_eq!(decoded(&hollow).unwrap_err(), DecodeError::Damaged { reason });
}

/// Protects the person who sent something else: the message names it and says what to do.
#[test]
fn other_files_are_named() {
    let cases: [(&[u8], ForeignFormat); 12] = [
        (b"\0\0\0\x18ftypheic\0\0\0\0", ForeignFormat::Heic),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", ForeignFormat::Heic),
        (b"\0\0\0\x18ftypavif\0\0\0\0", ForeignFormat::Avif),
        (b"\0\0\0\x18ftypisom\0\0\0\0", ForeignFormat::Other),
        (b"II*\0\x08\0\0\0", ForeignFormat::Tiff),
        (b"MM\0*\0\0\0\x08", ForeignFormat::Tiff),
        (
            b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            ForeignFormat::Svg,
        ),
        (b"\n<!DOCTYPE html>\n<html><body><svg/></body></html>", ForeignFormat::Html),
        (b"BM is how this text begins", ForeignFormat::Text),
        (b"%PDF-1.7", ForeignFormat::Pdf),
        (b"\xFF\x0A\x01", ForeignFormat::JpegXl),
        (b"\x01\x02\x03\x04", ForeignFormat::Other),
    ];
    for (bytes, expected) in cases {
        assert_eq!(decoded(bytes).unwrap_err(), DecodeError::UnknownFormat(expected));
    }
    assert_eq!(decoded(b"").unwrap_err(), DecodeError::Empty);
    let heic = DecodeError::UnknownFormat(ForeignFormat::Heic).to_string();
    assert!(heic.contains("HEIC") && heic.contains("JPEG"), "{heic}");
}

const SEEDS: [&str; 10] = [
    "exif_6.jpg",
    "progressive.jpg",
    "cmyk.jpg",
    "animated.gif",
    "animated.png",
    "animated.webp",
    "palette.png",
    "grey16.png",
    "colour.bmp",
    "transparent.webp",
];

/// Decodes hostile bytes; a panic of a decoder, even a caught one, is worth knowing.
fn assert_survives(bytes: &[u8]) {
    let start = Instant::now();
    assert_ne!(decoded(bytes).err(), Some(DecodeError::Panicked));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// Protects against files cut anywhere.
#[test]
fn no_cut_panics() {
    for name in SEEDS {
        let bytes = file(name);
        for end in 0..bytes.len() {
            assert_survives(&bytes[..end]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    /// Protects against hostile files: bytes changed, cut out and put in anywhere.
    #[test]
    fn no_mutation_panics(
        seed in 0..SEEDS.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let mut bytes = file(SEEDS[seed]);
        for (at, value, kind) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = value,
                1 => bytes.insert(at, value),
                _ => { bytes.drain(at..(at + usize::from(value) / 16).min(bytes.len() - 1).max(at)); }
            }
        }
        assert_survives(&bytes);
    }
}
