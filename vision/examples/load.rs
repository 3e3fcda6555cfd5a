//! What loading a model costs in time and memory.
//!
//! ```sh
//! cargo run --release -p vision --example load -- models/vgg [TIMES]
//! ```
//!
//! With `TIMES`, the model is then loaded and dropped so often again.

use std::path::Path;
use std::time::Instant;

use vision::card::ModelCard;
use vision::compute::Compute;
use vision::model::Model;

/// Prints what the process has in memory, in MiB, where the system tells.
fn report(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mebibytes = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        kibibytes.map_or(f64::NAN, |kibibytes: f64| kibibytes / 1024.0)
    };
    println!(
        "{when:<24} VmRSS {:7.1} MiB (of files {:7.1}), VmHWM {:7.1} MiB",
        mebibytes("VmRSS:"),
        mebibytes("RssFile:"),
        mebibytes("VmHWM:")
    );
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: load FOLDER-OF-A-MODEL [TIMES]")?;
    report("before");
    let card = ModelCard::load(Path::new(&folder))?;
    let bytes = std::fs::metadata(&card.weights.path)?.len();
    println!("{} with a file of {:.1} MiB", card.architecture.name(), bytes as f64 / 1048576.0);
    let start = Instant::now();
    let model = Model::load(&card, Compute::default())?;
    println!("loaded and warmed up in {:?}", start.elapsed());
    report("loaded");
    let side = card.preprocess.size as usize;
    let start = Instant::now();
    model.logits(&[vec![0.1; side * side * 3]])?;
    println!("one picture in {:?}", start.elapsed());
    model.logits(&vec![vec![0.1; side * side * 3]; 8])?;
    report("after a batch of eight");
    drop(model);
    report("dropped");
    let times = std::env::args().nth(2).map_or(Ok(0), |times| times.parse())?;
    for time in 1..=times {
        drop(Model::load(&card, Compute::default())?);
        report(&format!("dropped again, {time}"));
    }
    Ok(())
}
