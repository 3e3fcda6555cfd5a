//! Files that are cut off or changed: an error, and neither a panic nor a long wait.

use std::fs;

use tempfile::TempDir;

use crate::support::{file, run, settings};

const FILES: [&str; 7] = [
    "official.h5",
    "compressed.h5",
    "keras3.weights.h5",
    "sequential.keras",
    "checkpoint.pth",
    "timm.safetensors",
    "legacy_caffe.h5",
];

#[test]
fn a_file_that_is_cut_off_is_refused() {
    let models = TempDir::new().unwrap();
    let cut = models.path().join("cut");
    for name in FILES {
        let whole = fs::read(file(name)).unwrap();
        for part in [1, 3, 7, 12, 15] {
            fs::write(&cut, &whole[..whole.len() * part / 16]).unwrap();
            let (said, result) = run(&settings(cut.clone(), &models));
            assert!(result.is_err(), "{name} at {part}/16\n{said}");
        }
    }
}

/// Protects against panics in the readers: bytes are changed everywhere in what describes the
/// file. Such a file may still be good, if the byte was of no account.
#[test]
fn a_file_with_changed_bytes_does_not_panic() {
    let models = TempDir::new().unwrap();
    let changed = models.path().join("changed");
    let mut seed = 1_u32;
    let mut random = || {
        // Numerical Recipes' linear congruential generator is random enough for this.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize
    };
    for name in FILES {
        let whole = fs::read(file(name)).unwrap();
        for _ in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..4 {
                let at = random() % bytes.len();
                bytes[at] = [0, 1, 0x7F, 0x80, 0xFF][random() % 5];
            }
            fs::write(&changed, &bytes).unwrap();
            let mut settings = settings(changed.clone(), &models);
            settings.force = true;
            let _ = run(&settings);
        }
    }
}

/// Protects against numbers that no answer could come from.
#[test]
fn a_number_that_is_not_finite_is_refused() {
    let models = TempDir::new().unwrap();
    let path = models.path().join("broken.safetensors");
    let mut bytes = fs::read(file("torchvision.safetensors")).unwrap();
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let (_, result) = run(&settings(path, &models));
    assert!(result.unwrap_err().to_string().contains("not finite"));
}
