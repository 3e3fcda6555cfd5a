//! From an answer to the body of a response.

use std::hint::black_box;

use app::wire::{Classification, Prediction, Source, SourceKind, Timing};
use criterion::{Criterion, criterion_group, criterion_main};
use server::oip::{Answer, Output, Values};

fn classification() -> Classification {
    let prediction =
        |index| Prediction { index, label: format!("class {index}, its name"), probability: 0.1 };
    Classification {
        model: "vgg".to_owned(),
        fallback_for: None,
        predictions: (0..5).map(prediction).collect(),
        source: Source {
            kind: SourceKind::Upload,
            name: None,
            format: "jpeg".to_owned(),
            width: 640,
            height: 480,
            bytes: 48_213,
            animated: false,
        },
        timing: Timing {
            decode_ms: 3.125,
            queue_ms: 0.021,
            inference_ms: 4.4,
            total_ms: 7.6,
            ..Timing::default()
        },
        cached: false,
        note: None,
        crop: None,
    }
}

/// Probabilities of a thousand classes for eight pictures.
fn tensor(binary: bool) -> Answer {
    let numbers = (0..8000_u32).map(|i| (i * 7919 % 8000) as f32 / 8000.0).collect();
    Answer {
        id: Some("1".to_owned()),
        model: "vgg".to_owned(),
        outputs: vec![Output {
            name: "probabilities".to_owned(),
            shape: [8, 1000],
            values: Values::Fp32(numbers),
            binary,
        }],
    }
}

fn encoding(c: &mut Criterion) {
    let answer = classification();
    let mut group = c.benchmark_group("encode");
    group.bench_function("JSON of one picture", |b| {
        b.iter(|| serde_json::to_vec(black_box(&answer)));
    });
    for (name, binary) in [("8000 numbers as JSON", false), ("8000 numbers as bytes", true)] {
        let answer = tensor(binary);
        group.bench_function(name, |b| b.iter(|| black_box(&answer).encode()));
    }
    group.finish();
}

criterion_group!(benches, encoding);
criterion_main!(benches);
