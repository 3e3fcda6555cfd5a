//! What a model says of pictures, exactly: for comparing with other programs.
//!
//! ```sh
//! cargo run --release -p vision --example logits -- models/flags OUT picture.png...
//! ```
//!
//! Prints a line of JSON for each picture, with the raw output and the probabilities, and writes
//! the prepared tensor (`HWC f32`, little endian) into the folder `OUT` as `0.f32`, `1.f32`, ...

use std::path::Path;

use vision::card::ModelCard;
use vision::compute::Compute;
use vision::decode::{DecodeLimits, decode};
use vision::model::Model;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, out, pictures @ ..] = arguments.as_slice() else {
        return Err("usage: logits FOLDER-OF-A-MODEL OUT PICTURE...".into());
    };
    let card = ModelCard::load(Path::new(folder))?;
    let model = Model::load(&card, Compute::default())?;
    for (index, path) in pictures.iter().enumerate() {
        let picture = decode(&std::fs::read(path)?, &DecodeLimits::default(), card.orientation)?;
        let pixels = card.preprocess.prepare(&picture.pixels).pixels;
        let bytes: Vec<u8> = pixels.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        std::fs::write(Path::new(out).join(format!("{index}.f32")), bytes)?;
        let raw = model.logits(&[pixels])?.remove(0);
        let probabilities = card.output.probabilities(&raw);
        let answer =
            serde_json::json!({"picture": path, "raw": raw, "probabilities": probabilities});
        println!("{answer}");
    }
    Ok(())
}
