//! Models small enough to be made for a test: a real network with generated weights.

use std::{fs, io::Cursor, path::Path};

use image::{ImageFormat, Rgb, RgbImage};
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};

/// Classes of a made model.
pub const CLASSES: usize = 7;

/// Puts a model into `models`: its card, labels, one example, and weights if wanted.
pub fn make_model(models: &Path, name: &str, fallback: Option<&str>, weights: bool) {
    let folder = models.join(name);
    fs::create_dir_all(&folder).unwrap();
    let fallback = fallback.map_or_else(String::new, |name| format!("fallback = \"{name}\"\n"));
    let card = format!(
        "name = \"{name}\"\ntitle = \"Made {name}\"\ndescription = \"Generated weights.\"\nlicence = \"MIT\"\n{fallback}\
         [architecture]\nkind = \"vgg\"\nstages = [[8], [16]]\nbatch_norm = false\ngrid = 2\n\
         hidden = [16]\n[input]\nsize = 32\npreset = \"torchvision\"\n[labels]\n\
         file = \"labels.txt\"\n[weights]\nfile = \"model.safetensors\"\n\
         url = \"https://weights.example/{name}.safetensors\"\n[[examples]]\n\
         file = \"example.png\"\ntitle = \"Waves\"\ncredit = \"made here\"\nlicence = \"CC0\"\n"
    );
    fs::write(folder.join("model.toml"), card).unwrap();
    let labels: String = (0..CLASSES).map(|i| format!("class {i}\n")).collect();
    fs::write(folder.join("labels.txt"), labels).unwrap();
    fs::write(folder.join("example.png"), picture(ImageFormat::Png, 60, 40)).unwrap();
    if weights {
        write_weights(&folder.join("model.safetensors"));
    }
}

/// A picture with something in it, as encoded.
pub fn picture(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let wave = |x: u32, y: u32, k: u32| ((x * k + y * (7 - k)) % 256) as u8;
    let pixels =
        RgbImage::from_fn(width, height, |x, y| Rgb([wave(x, y, 3), wave(y, x, 5), wave(x, y, 1)]));
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn write_weights(file: &Path) {
    let shapes: [(&str, Vec<usize>); 8] = [
        ("features.0.weight", vec![8, 3, 3, 3]),
        ("features.0.bias", vec![8]),
        ("features.3.weight", vec![16, 8, 3, 3]),
        ("features.3.bias", vec![16]),
        ("classifier.0.weight", vec![16, 64]),
        ("classifier.0.bias", vec![16]),
        ("classifier.3.weight", vec![CLASSES, 16]),
        ("classifier.3.bias", vec![CLASSES]),
    ];
    let mut seed = 1_u32;
    let data: Vec<(&str, Vec<usize>, Vec<u8>)> = shapes
        .into_iter()
        .map(|(key, shape)| {
            let fan_in: usize = shape[1..].iter().product::<usize>().max(4);
            let scale = (6.0 / fan_in as f32).sqrt();
            let numbers = (0..shape.iter().product()).flat_map(|_| {
                // Numerical Recipes' linear congruential generator is random enough for this.
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((seed as f32 / u32::MAX as f32 * 2.0 - 1.0) * scale).to_le_bytes()
            });
            (key, shape, numbers.collect())
        })
        .collect();
    let views = data.iter().map(|(key, shape, bytes)| {
        (*key, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap())
    });
    serialize_to_file(views, None, file).unwrap();
}
