//! What a picture costs before the network and after it.

use std::{hint::black_box, io::Cursor};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use vision::{
    decode::{DecodeLimits, decode},
    prediction::{softmax, top_k},
    preprocess::{Interpolation, Preprocess, resize},
};

/// A picture with soft and with fine structure, as a photograph has.
fn photograph(width: u32, height: u32) -> RgbImage {
    let mut noise = 1_u32;
    RgbImage::from_fn(width, height, |x, y| {
        // Numerical Recipes' linear congruential generator: any noise does, but the same each time.
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let soft =
            |period: f32| ((x as f32 / period).sin() + (y as f32 / period).cos()) * 50.0 + 120.0;
        let grain = (noise >> 28) as f32;
        Rgb([soft(31.0), soft(53.0), soft(97.0)].map(|sample| (sample + grain) as u8))
    })
}

/// A JPEG of about so many bytes.
fn jpeg(picture: &RgbImage, bytes: usize) -> Vec<u8> {
    let encode = |quality| {
        let mut file = Cursor::new(Vec::new());
        let encoded = JpegEncoder::new_with_quality(&mut file, quality).encode_image(picture);
        encoded.expect("a picture in memory can be encoded");
        file.into_inner()
    };
    (20..=100)
        .map(encode)
        .min_by_key(|file| file.len().abs_diff(bytes))
        .expect("there are qualities")
}

fn decoding(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode JPEG");
    for (name, (width, height), bytes) in
        [("tiny", (8, 8), 500), ("100 kB", (640, 480), 100_000), ("1 MB", (2048, 1536), 1_000_000)]
    {
        let file = jpeg(&photograph(width, height), bytes);
        group.throughput(Throughput::Bytes(file.len() as u64));
        let limits = DecodeLimits::default();
        group.bench_function(name, |b| b.iter(|| decode(black_box(&file), &limits, true)));
    }
    group.finish();
}

fn preparing(c: &mut Criterion) {
    let picture = photograph(640, 480);
    let mut group = c.benchmark_group("640 x 480 to 224 x 224");
    for (name, filter) in
        [("bilinear", Interpolation::Bilinear), ("bicubic", Interpolation::Bicubic)]
    {
        group.bench_function(name, |b| b.iter(|| resize(black_box(&picture), 224, 224, filter)));
    }
    let preprocess = Preprocess::torchvision(224);
    group.bench_function("as torchvision", |b| b.iter(|| preprocess.prepare(black_box(&picture))));
    group.finish();
}

fn predicting(c: &mut Criterion) {
    let logits: Vec<f32> = (0..1000_u32).map(|i| (i * 7919 % 1000) as f32 / 100.0).collect();
    let labels: Vec<String> = (0..1000).map(|i| format!("class {i}")).collect();
    let probabilities = softmax(&logits, 1.0);
    let mut group = c.benchmark_group("1000 classes");
    group.bench_function("softmax", |b| b.iter(|| softmax(black_box(&logits), 1.0)));
    group.bench_function("top 5", |b| b.iter(|| top_k(black_box(&probabilities), &labels, 5)));
    group.finish();
}

criterion_group!(benches, decoding, preparing, predicting);
criterion_main!(benches);
