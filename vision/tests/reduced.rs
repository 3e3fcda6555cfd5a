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

/// Protects answers: a network sees as good as the same picture.
#[test]
fn what_a_network_sees_stays_as_it_is() {
    let cases = [
        ("astronaut.png", (256, 248)),
        ("chelsea.png", (448, 300)),
        ("coffee.png", (400, 300)),
        ("rocket.png", (200, 424)),
    ];
    let mut cases_at = [0; 5];
    for (name, (width, height)) in cases {
        let photograph =
            imageops::crop_imm(&picture(&format!("golden/{name}")), 0, 0, width, height).to_image();
        let file = jpeg(&photograph);
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
                let found = decode_at_least(&file, &DecodeLimits::default(), true, least).unwrap();
                let expected = full(&file).unwrap();
                let (most, average) = difference(
                    &preprocess.prepare(&found.pixels).crop,
                    &preprocess.prepare(&expected.pixels).crop,
                );
                let case =
                    format!("{name} {size} {resize:?} {interpolation:?} {}", found.reduction);
                cases_at[found.reduction as usize] += 1;
                assert!(most <= 5 && average < 0.35, "{case}: {most}, {average}");
            }
        }
    }
    assert!(cases_at[2] > 20 && cases_at[4] > 20, "there is something to see: {cases_at:?}");
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
    // 47 pixels across cannot be halved.
    let odd = jpeg(&imageops::crop_imm(&picture("golden/coffee.png"), 0, 0, 47, 32).to_image());
    assert_eq!(reduced(&odd, 2).unwrap().reduction, 1);
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

/// Asserts that bytes are refused or read as they are at full size.
fn assert_as_at_full_size(bytes: &[u8]) {
    let (found, whole) = (reduced(bytes, 2), full(bytes));
    assert_ne!(found.as_ref().err(), Some(&DecodeError::Panicked));
    assert_eq!(found.err(), whole.err());
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
