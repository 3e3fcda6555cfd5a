//! Shows which part of a picture speaks for a class, as digits from 0 to 9.
//!
//! ```sh
//! cargo run --release -p vision --example explain -- models/flags picture.jpg [CLASS]
//! ```

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use vision::card::ModelCard;
use vision::compute::Compute;
use vision::decode::{DecodeLimits, decode};
use vision::explain::{ExplainError, Method};
use vision::model::Model;
use vision::prediction::top_k;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, picture, class @ ..] = arguments.as_slice() else {
        return Err("usage: explain FOLDER-OF-A-MODEL PICTURE [CLASS]".into());
    };
    let card = ModelCard::load(Path::new(folder))?;
    let model = Model::load(&card, Compute::default())?;
    let picture = decode(&std::fs::read(picture)?, &DecodeLimits::default(), card.orientation)?;
    let pixels = card.preprocess.prepare(&picture.pixels).pixels;
    let raw = model.logits(std::slice::from_ref(&pixels))?.remove(0);
    let best = top_k(&card.output.probabilities(&raw), &card.labels, 1).remove(0);
    let class = class.first().map_or(Ok(best.index), |class| class.parse())?;
    println!("best: {} with {:.3}", best.label, best.probability);
    for method in [Method::GradCam, Method::Occlusion] {
        let start = Instant::now();
        match model.explain(&pixels, class, method, &mut |_, _| ControlFlow::Continue(())) {
            Ok(map) => {
                let label = card.labels.get(class).map_or("", String::as_str);
                println!("{method:?} of class {class}, {label}, in {:?}", start.elapsed());
                for row in map.weights.chunks(map.width) {
                    let digit = |weight: &f32| format!(" {:.0}", weight * 9.0);
                    println!("{}", row.iter().map(digit).collect::<String>());
                }
            }
            Err(ExplainError::Unsupported) => println!("{method:?} is not for this model"),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
