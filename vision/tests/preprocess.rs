//! Preparing pictures, compared with Pillow and `float32` arithmetic: difference 0.

#![allow(clippy::unwrap_used)]

#[path = "support/generator.rs"]
mod generator;

use std::time::{Duration, Instant};

use image::RgbImage;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use vision::preprocess::{Interpolation, Preprocess, Region, ResizeRule, resize, resize_region};

/// Every filter there is.
const ALL: [Interpolation; 3] =
    [Interpolation::Nearest, Interpolation::Bilinear, Interpolation::Bicubic];

#[derive(Deserialize)]
struct Expected {
    resized: Vec<Resized>,
    prepared: Vec<PreparedCase>,
}

#[derive(Debug, Deserialize)]
struct Resized {
    picture: String,
    interpolation: Interpolation,
    width: u32,
    height: u32,
    first: Vec<u8>,
    sha256: String,
}

#[derive(Debug, Deserialize)]
struct PreparedCase {
    picture: String,
    preset: String,
    size: u32,
    first: Vec<f32>,
    crop_sha256: String,
    pixels_sha256: String,
}

fn expected() -> Expected {
    serde_json::from_str(include_str!("golden/expected.json")).unwrap()
}

fn noise(width: u32, height: u32) -> RgbImage {
    let samples = generator::splitmix64(u64::from(width) * 65536 + u64::from(height))
        .map(|number| (number >> 56) as u8)
        .take((width * height * 3) as usize);
    RgbImage::from_raw(width, height, samples.collect()).unwrap()
}

fn picture(name: &str) -> RgbImage {
    if let Some(size) = name.strip_prefix("noise ") {
        let (width, height) = size.split_once('x').unwrap();
        return noise(width.parse().unwrap(), height.parse().unwrap());
    }
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    image::open(path).unwrap().into_rgb8()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Protects the resampler: any change of a weight, a rounding or the order of the passes.
#[test]
fn resampling_is_that_of_pillow() {
    let cases = expected().resized;
    assert!(cases.len() > 300, "the file of expected results is complete");
    for case in cases {
        let result = resize(&picture(&case.picture), case.width, case.height, case.interpolation);
        let first = &result.as_raw()[..case.first.len().min(result.as_raw().len())];
        assert_eq!(first, case.first, "{case:?}");
        assert_eq!(sha256(result.as_raw()), case.sha256, "{case:?}");
    }
}

/// Protects the whole way from a picture to numbers, for every preset.
#[test]
fn presets_are_those_of_python() {
    for case in expected().prepared {
        let preprocess = match case.preset.as_str() {
            "torchvision" => Preprocess::torchvision(case.size),
            "caffe-squash" => Preprocess::caffe_squash(case.size),
            "keras-caffe" => Preprocess::keras_caffe(case.size),
            other => panic!("unknown preset {other}"),
        };
        let prepared = preprocess.prepare(&picture(&case.picture));
        assert_eq!(prepared.crop.dimensions(), (case.size, case.size), "{case:?}");
        assert_eq!(prepared.pixels[..case.first.len()], case.first, "{case:?}");
        assert_eq!(sha256(prepared.crop.as_raw()), case.crop_sha256, "{case:?}");
        let bytes: Vec<u8> = prepared.pixels.iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(sha256(&bytes), case.pixels_sha256, "{case:?}");
    }
}

/// Protects the shortcut: computing only what a crop shows must not change what it shows.
#[test]
fn a_region_is_a_crop_of_the_whole() {
    let picture = noise(97, 41);
    for (width, height) in [(97, 41), (97, 80), (40, 41), (33, 20), (90, 12), (200, 300)] {
        for interpolation in ALL {
            let whole = resize(&picture, width, height, interpolation);
            let region = Region { left: 5, top: 3, width: width - 9, height: height - 10 };
            let crop = image::imageops::crop_imm(&whole, 5, 3, width - 9, height - 10).to_image();
            let part = resize_region(&picture, width, height, interpolation, region);
            assert!(part == crop, "{width}x{height} {interpolation:?}");
        }
    }
}

/// Protects against slivers: resampled as a whole, this one would take 12 GiB.
#[test]
fn a_sliver_costs_little() {
    for (width, height) in [(1, 16384), (16384, 1)] {
        let prepared = Preprocess::torchvision(224).prepare(&noise(width, height));
        assert_eq!(prepared.pixels.len(), 224 * 224 * 3);
    }
}

/// Protects against a resampler that became slow by an order; the usual time is in the output.
#[test]
fn a_photograph_of_a_telephone_takes_milliseconds() {
    let picture = noise(2500, 1786);
    let preprocess = Preprocess::torchvision(224);
    let best = (0..5)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(preprocess.prepare(&picture));
            start.elapsed()
        })
        .min()
        .unwrap();
    println!("2500x1786 to 256 bilinear, cropped to 224: {best:?}");
    let start = Instant::now();
    std::hint::black_box(resize(&picture, 358, 256, Interpolation::Bilinear));
    println!("2500x1786 to 358x256 bilinear: {:?}", start.elapsed());
    let start = Instant::now();
    std::hint::black_box(resize(&picture, 358, 256, Interpolation::Bicubic));
    println!("2500x1786 to 358x256 bicubic: {:?}", start.elapsed());
    assert!(best < Duration::from_millis(150), "{best:?}");
}

/// Protects a card's author: settings that would panic or give NaN later are told apart at once.
#[test]
fn impossible_settings_are_refused() {
    let good = Preprocess::torchvision(224);
    assert_eq!(good.check(), Ok(()));
    assert_eq!(Preprocess::caffe_squash(224).check(), Ok(()));
    assert_eq!(Preprocess::keras_caffe(224).check(), Ok(()));
    for bad in [
        Preprocess { size: 0, ..good },
        Preprocess { resize: ResizeRule::ShortSide(223), ..good },
        Preprocess { std: [1.0, 0.0, 1.0], ..good },
        Preprocess { mean: [f32::NAN, 0.0, 0.0], ..good },
    ] {
        assert!(bad.check().is_err(), "{bad:?}");
    }
}
