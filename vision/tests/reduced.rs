//! JPEG at half and at quarter scale: that it is what the format says, and what it changes for a network.

#![allow(clippy::unwrap_used)]

use image::{RgbImage, codecs::jpeg::JpegEncoder, imageops};
use proptest::prelude::*;
use vision::{
    decode::{DecodeError, DecodeLimits, Picture, decode, decode_at_least},
    preprocess::{Interpolation, Preprocess, ResizeRule},
};

const KINDS: [&str; 7] = ["444", "422", "440", "420", "grey", "restarts", "optimised"];

fn path(name: &str) -> String {
    format!("{}/tests/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(path(&format!("reduced/{name}.jpg"))).unwrap()
}

fn picture(name: &str) -> RgbImage {
    image::open(path(name)).unwrap().into_rgb8()
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 92).encode_image(picture).unwrap();
    file
}

fn reduced(bytes: &[u8], scale: u32) -> Result<Picture, DecodeError> {
    let least = |width, height| Some((width / scale, height / scale));
    decode_at_least(bytes, &DecodeLimits::default(), true, least)
}

fn full(bytes: &[u8]) -> Result<Picture, DecodeError> {
    decode(bytes, &DecodeLimits::default(), true)
}

/// The largest difference of two samples, and that of all on average.
fn difference(a: &RgbImage, b: &RgbImage) -> (u8, f64) {
    assert_eq!(a.dimensions(), b.dimensions());
    let differences = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| a.abs_diff(*b));
    let total: f64 = differences.clone().map(f64::from).sum();
    (differences.max().unwrap(), total / a.as_raw().len() as f64)
}

/// Protects the numbers: the same coefficients, read by libjpeg and transformed in `f64`, give the same
/// samples, but where one lies in the middle between two.
#[test]
fn samples_are_those_of_the_formula() {
    for name in KINDS {
        for scale in [2, 4] {
            let found = reduced(&file(name), scale).unwrap();
            assert_eq!(found.reduction, scale, "{name}");
            assert_eq!((found.width, found.height), (116, 92), "{name}");
            let expected = picture(&format!("reduced/{name}-{scale}.png"));
            let (most, average) = difference(&found.pixels, &expected);
            assert!(most <= 2 && average < 0.06, "{name} at 1/{scale}: {most}, {average}");
        }
    }
}

/// Protects answers: a network sees as good as the same picture, colours at full resolution or at half, and
/// sides that can be halved or not.
#[test]
fn what_a_network_sees_stays_as_it_is() {
    let mut seen = [0; 5];
    for name in ["astronaut", "chelsea", "coffee", "rocket"] {
        let photograph = picture(&format!("golden/{name}.png"));
        for bytes in [file(name), jpeg(&photograph)] {
            for size in [8, 12, 20, 33, 42] {
                for (resize, interpolation) in [
                    (ResizeRule::Squash, Interpolation::Bilinear),
                    (ResizeRule::Squash, Interpolation::Bicubic),
                    (ResizeRule::ShortSide(size * 8 / 7), Interpolation::Bilinear),
                    (ResizeRule::ShortSide(size), Interpolation::Bicubic),
                ] {
                    let preprocess =
                        Preprocess { resize, interpolation, ..Preprocess::torchvision(size) };
                    let least = |width, height| preprocess.least_sides(width, height);
                    let limits = DecodeLimits::default();
                    let found = decode_at_least(&bytes, &limits, true, least).unwrap();
                    assert_eq!(found.sides(), photograph.dimensions());
                    let (most, average) = difference(
                        &preprocess.prepare_picture(&found).crop,
                        &preprocess.prepare(&full(&bytes).unwrap().pixels).crop,
                    );
                    let case = format!("{name} {size} {resize:?} {interpolation:?}");
                    let case = format!("{case} 1/{}", found.reduction);
                    assert!(most <= 5 && average < 0.4, "{case}: {most}, {average}");
                    seen[found.reduction as usize] += 1;
                }
            }
        }
    }
    assert!(seen[2] > 40 && seen[4] > 40, "there is something to see: {seen:?}");
}

/// Protects parity: nobody is given fewer pixels than were asked for, or fewer where every pixel counts.
#[test]
fn no_more_is_left_out_than_may_be() {
    let bytes = file("444");
    let of = |least| decode_at_least(&bytes, &DecodeLimits::default(), true, |_, _| least).unwrap();
    for (least, reduction) in [
        (None, 1),
        (Some((29, 23)), 4),
        (Some((30, 23)), 2),
        (Some((29, 24)), 2),
        (Some((58, 46)), 2),
        (Some((59, 46)), 1),
        (Some((500, 500)), 1),
    ] {
        let found = of(least);
        assert_eq!(found.reduction, reduction, "{least:?}");
        assert_eq!(found.pixels.dimensions(), (116 / reduction, 92 / reduction));
    }
    let nearest =
        Preprocess { interpolation: Interpolation::Nearest, ..Preprocess::torchvision(8) };
    assert_eq!(nearest.least_sides(4000, 3000), None);
    assert_eq!(Preprocess::torchvision(224).least_sides(4000, 3000), Some((1023, 768)));
}

/// Protects every kind of file: whatever is not of the common kind is decoded at its full size.
#[test]
fn other_kinds_are_left_to_the_other_decoder() {
    for name in ["progressive.jpg", "cmyk.jpg", "lossless.webp", "palette.png"] {
        let bytes = std::fs::read(path(&format!("pictures/{name}"))).unwrap();
        let found = reduced(&bytes, 2).unwrap();
        assert_eq!(found.reduction, 1, "{name}");
        assert_eq!(found.pixels, full(&bytes).unwrap().pixels, "{name}");
    }
}

/// Protects telephone pictures: they stand upright at every scale.
#[test]
fn orientation_is_applied_to_what_is_left() {
    for orientation in 1..=8 {
        let bytes = std::fs::read(path(&format!("pictures/exif_{orientation}.jpg"))).unwrap();
        let (found, whole) = (reduced(&bytes, 2).unwrap(), full(&bytes).unwrap());
        assert_eq!((found.reduction, found.oriented), (2, whole.oriented));
        let smaller = imageops::thumbnail(&whole.pixels, 24, 16);
        let (_, average) = difference(&found.pixels, &smaller);
        assert!(average < 4.0, "{orientation}: {average}");
    }
}

/// Protects the edges: the last pixels stand for fewer where a side cannot be divided, and such a picture
/// is not turned.
#[test]
fn odd_sides_are_rounded_up() {
    let odd = jpeg(&imageops::crop_imm(&picture("golden/coffee.png"), 0, 0, 45, 31).to_image());
    for (scale, sides) in [(2, (23, 16)), (4, (12, 8))] {
        let found = reduced(&odd, scale).unwrap();
        assert_eq!((found.reduction, found.pixels.dimensions()), (scale, sides));
        assert_eq!(found.sides(), (45, 31));
    }
    // The orientation's segment of another file: turned by a quarter.
    let exif = std::fs::read(path("pictures/exif_6.jpg")).unwrap();
    let at = exif.windows(2).position(|pair| pair == [0xFF, 0xE1]).unwrap();
    let len = usize::from(u16::from_be_bytes([exif[at + 2], exif[at + 3]]));
    let turned = [&odd[..2], &exif[at..at + 2 + len], &odd[2..]].concat();
    let found = reduced(&turned, 2).unwrap();
    assert_eq!((found.reduction, found.pixels.dimensions()), (1, (31, 45)));
    assert_eq!(found.sides(), (31, 45));
}

/// Protects memory: a file that is one picture for one decoder and another for the other one.
#[test]
fn a_frame_that_was_not_checked_is_not_decoded() {
    let honest = file("444");
    let mut other = file("grey");
    let frame = other.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    other[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFE, 0xFF, 0xFE]);
    // For a parser that knows that this marker stands alone, a segment follows that hides the honest picture;
    // for one that takes it for a segment, the honest picture is all there is.
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0x01, 0, 6, 0xFF, 0xE1];
    bytes.extend(u16::try_from(honest.len()).unwrap().to_be_bytes());
    bytes.extend(&honest[2..]);
    bytes.extend(&other[2..]);
    let (found, whole) = (reduced(&bytes, 2).unwrap(), full(&bytes).unwrap());
    assert_eq!((found.reduction, whole.pixels.dimensions()), (1, (116, 92)));
    assert_eq!(found.pixels, whole.pixels);
}

/// Protects memory: restarts that nobody announced.
#[test]
fn a_flood_of_restarts_is_left_to_the_other_decoder() {
    let bytes = file("444");
    let restarts = (0..100_000).flat_map(|it| [0xFF, 0xD0 + (it % 8) as u8]);
    let end = bytes.len() - 2;
    let flood: Vec<u8> = bytes[..end].iter().copied().chain(restarts).chain([0xFF, 0xD9]).collect();
    assert_eq!(reduced(&flood, 2).map(|it| it.reduction).ok(), full(&flood).ok().map(|_| 1));
}

/// Asserts that bytes are refused or read as they are at full size.
fn assert_as_at_full_size(bytes: &[u8]) {
    let (found, whole) = (reduced(bytes, 2), full(bytes));
    assert_ne!(found.as_ref().err(), Some(&DecodeError::Panicked));
    assert_eq!(found.as_ref().err(), whole.as_ref().err());
    if let (Ok(found), Ok(whole)) = (found, whole) {
        assert_eq!(found.sides(), whole.sides());
        let rounded_up = |side: u32| side.div_ceil(found.reduction);
        let (width, height) = whole.pixels.dimensions();
        assert_eq!(found.pixels.dimensions(), (rounded_up(width), rounded_up(height)));
    }
}

/// Protects the sender: half a picture is refused with the same words.
#[test]
fn cut_files_are_refused_as_they_are_at_full_size() {
    for name in ["420", "restarts"] {
        let bytes = file(name);
        (0..bytes.len()).for_each(|end| assert_as_at_full_size(&bytes[..end]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    /// Protects against hostile files: bytes changed, put in and cut out anywhere.
    #[test]
    fn changed_files_are_read_or_refused_as_they_are_at_full_size(
        name in prop::sample::select(&KINDS[..]),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let mut bytes = file(name);
        for (at, value, kind) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = value,
                1 => bytes.insert(at, value),
                _ => drop(bytes.drain(at..(at + usize::from(value) / 16).min(bytes.len()))),
            }
        }
        assert_as_at_full_size(&bytes);
    }
}
