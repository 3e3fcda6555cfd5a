//! What tensors mean, for a network that sees 2 x 2 pixels.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use vision::preprocess::{ChannelOrder, Preprocess, Scale};

use super::*;

fn preprocess() -> Preprocess {
    Preprocess {
        size: 2,
        scale: Scale::Byte,
        channels: ChannelOrder::Rgb,
        mean: [0.0; 3],
        std: [1.0; 3],
        ..Preprocess::torchvision(2)
    }
}

fn tensor(datatype: Datatype, shape: &[usize], data: Data) -> Tensor {
    Tensor { name: "input".into(), datatype, shape: shape.to_vec(), data }
}

fn pixels_of(tensor: Tensor) -> Vec<f32> {
    let items = items(tensor, &preprocess()).unwrap();
    let flat = items.into_iter().flat_map(|item| match item {
        Item::Tensor(pixels) => pixels,
        Item::Picture(_) => panic!("a picture"),
    });
    flat.collect()
}

fn complaint(tensor: Tensor) -> String {
    items(tensor, &preprocess()).unwrap_err().detail
}

/// Planes of red, green and blue, and the same pixel by pixel.
const PLANES: [f32; 12] = [1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12.];
const PIXELS: [f32; 12] = [1., 5., 9., 2., 6., 10., 3., 7., 11., 4., 8., 12.];

#[test]
fn planes_become_pixels_whatever_the_datatype() {
    let shape = [1, 3, 2, 2];
    let bytes = |of: &dyn Fn(f32) -> Vec<u8>| {
        Data::Raw(PLANES.iter().flat_map(|&n| of(n)).collect::<Vec<_>>().into())
    };
    let all = [
        tensor(Datatype::Fp32, &shape, Data::Numbers(PLANES.to_vec())),
        tensor(Datatype::Fp32, &shape, bytes(&|n| n.to_le_bytes().to_vec())),
        tensor(Datatype::Fp16, &shape, bytes(&|n| f16::from_f32(n).to_le_bytes().to_vec())),
        tensor(Datatype::Bf16, &shape, bytes(&|n| bf16::from_f32(n).to_le_bytes().to_vec())),
        tensor(Datatype::Uint8, &shape, bytes(&|n| vec![n as u8])),
        tensor(Datatype::Uint8, &shape, Data::Numbers(PLANES.to_vec())),
        tensor(Datatype::Fp32, &[], bytes(&|n| n.to_le_bytes().to_vec())),
    ];
    for tensor in all {
        assert_eq!(pixels_of(tensor.clone()), PIXELS, "{tensor:?}");
    }
    let pixels = tensor(Datatype::Uint8, &[1, 2, 2, 3], Data::Numbers(PIXELS.to_vec()));
    assert_eq!(pixels_of(pixels), PIXELS);
}

#[test]
fn pictures_are_found_in_every_form() {
    let raw = Data::Raw(Bytes::from_static(b"\x02\0\0\0ab\x01\0\0\0c"));
    let texts = Data::Base64(vec!["YWI=".into(), "Yw==".into()]);
    for (data, shape) in [(raw, vec![2]), (texts, vec![2, 1])] {
        let items = items(tensor(Datatype::Bytes, &shape, data), &preprocess()).unwrap();
        let found: Vec<_> = items
            .iter()
            .map(|item| match item {
                Item::Picture(Picture::Bytes { bytes, .. }) => &bytes[..],
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(found, [&b"ab"[..], b"c"]);
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let one = || Data::Numbers(vec![1.0]);
    for (tensor, words) in [
        (tensor(Datatype::Fp32, &[1, 3, 2, 2], one()), "has 1 elements; its shape says 12"),
        (tensor(Datatype::Fp32, &[1, 2, 2, 3], one()), "[n, 3, 2, 2]"),
        (tensor(Datatype::Fp32, &[12], one()), "[n, 3, 2, 2]"),
        (tensor(Datatype::Fp32, &[1, 3, 2, 2], Data::Numbers(vec![f32::NAN; 12])), "infinities"),
        (tensor(Datatype::Fp16, &[1, 3, 2, 2], Data::Raw(Bytes::from_static(b"abc"))), "24 bytes"),
        (tensor(Datatype::Uint8, &[1, 3, 2, 2], Data::Numbers(vec![256.0; 12])), "UINT8"),
        (tensor(Datatype::Uint8, &[1, 3, 2, 2], Data::Numbers(vec![0.5; 12])), "UINT8"),
        (tensor(Datatype::Bytes, &[1], one()), "numbers"),
        (tensor(Datatype::Bytes, &[1], Data::Base64(vec!["?".into()])), "base64"),
        (tensor(Datatype::Bytes, &[1], Data::Raw(Bytes::from_static(b"\xff\0\0\0a"))), "length"),
        (tensor(Datatype::Bytes, &[1], Data::Raw(Bytes::from_static(b"a"))), "length"),
        (tensor(Datatype::Bytes, &[2], Data::Raw(Bytes::from_static(b"\0\0\0\0"))), "says 2"),
        (tensor(Datatype::Bytes, &[1, 2, 3], Data::Base64(vec![])), "must be [n]"),
        (tensor(Datatype::Fp32, &[], Data::Raw(Bytes::from_static(b"abc"))), "48 bytes"),
    ] {
        let found = complaint(tensor.clone());
        assert!(found.contains(words), "{tensor:?}: {found}");
    }
}

proptest! {
    /// Protects the order of the axes: element `[c, y, x]` comes to be `[y, x, c]`.
    #[test]
    fn interleaving_moves_every_element(numbers in prop::collection::vec(-1e3_f32..1e3, 4..40)) {
        let area = numbers.len() / 3;
        let planes = &numbers[..area * 3];
        let pixels = interleave(planes);
        for channel in 0..3 {
            for i in 0..area {
                prop_assert_eq!(pixels[i * 3 + channel], planes[channel * area + i]);
            }
        }
    }

    /// Protects every bit of a tensor that is sent as bytes.
    #[test]
    fn floats_survive_the_wire(numbers in prop::collection::vec(prop::num::f32::ANY, 0..50)) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let read = floats("input", Datatype::Fp32, &bytes, numbers.len()).unwrap();
        let bits = |numbers: &[f32]| numbers.iter().map(|n| n.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&read), bits(&numbers));
    }

    /// Protects against a panic on whatever comes.
    #[test]
    fn nothing_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        shape in prop::collection::vec(0_usize..5, 0..6),
        kind in 0..5,
    ) {
        let kinds = [Datatype::Fp32, Datatype::Fp16, Datatype::Bf16, Datatype::Uint8, Datatype::Bytes];
        let _ = items(tensor(kinds[kind as usize], &shape, Data::Raw(bytes.into())), &preprocess());
    }
}
