//! Generated parameters: the same numbers as `reference/generate.py` makes, and files of them.

use std::io::{BufWriter, Write};
use std::path::Path;

use safetensors::Dtype;
use vision::network::NetworkSpec;

use crate::generator::splitmix64;

/// `n` numbers in `-1..1` with 24 bits each, which `f32` holds exactly.
pub(crate) fn uniform(name: &str, n: usize) -> impl Iterator<Item = f32> {
    // FNV-1a in 64 bits.
    let seed = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    let unit = 1.0 / 8_388_608.0;
    splitmix64(seed).take(n).map(move |number| (number >> 40) as f32 * unit - 1.0)
}

/// The values of one parameter.
pub(crate) fn parameter(key: &str, shape: &[i64]) -> impl Iterator<Item = f32> {
    let n: i64 = shape.iter().product();
    let (base, factor) = if shape.len() > 1 {
        let fan_in: i64 = shape[1..].iter().product();
        (0.0, (6.0 / fan_in as f64).sqrt() as f32)
    } else if key.ends_with("weight") || key.ends_with("running_var") {
        (1.0, 0.5)
    } else {
        (0.0, 0.125)
    };
    uniform(key, n as usize).map(move |value| base + value * factor)
}

/// A prepared picture, `HWC`.
#[allow(dead_code, reason = "not every test looks at pictures")]
pub(crate) fn picture(index: usize, size: usize) -> Vec<f32> {
    uniform(&format!("input.{index}"), size * size * 3).map(|value| value * 2.0).collect()
}

/// Writes a file of generated parameters without holding more than a little of it in memory.
pub(crate) fn write(path: &Path, spec: &NetworkSpec) {
    let mut offset = 0;
    let mut header = serde_json::Map::new();
    let layout = spec.layout();
    for (key, shape, _) in &layout {
        let end = offset + shape.iter().product::<i64>() * 4;
        let entry = serde_json::json!({
            "dtype": Dtype::F32, "shape": shape, "data_offsets": [offset, end],
        });
        header.insert(key.clone(), entry);
        offset = end;
    }
    let mut header = serde_json::to_vec(&header).unwrap();
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut file = BufWriter::with_capacity(1 << 20, std::fs::File::create(path).unwrap());
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(&header).unwrap();
    for (key, shape, _) in &layout {
        for value in parameter(key, shape) {
            file.write_all(&value.to_le_bytes()).unwrap();
        }
    }
    file.into_inner().unwrap();
}
