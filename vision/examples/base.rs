//! What libtorch takes in memory for a network that is nearly none: one convolution and two dense
//! layers with a few numbers each, which have answered one picture and four. Its operators, its threads
//! and what it compiles for them are there then. `bench/memory.py` takes this from what a server holds.
//!
//! ```sh
//! cargo run --release -p vision --example base
//! ```

#![allow(clippy::unwrap_used, reason = "as in the tests that it shares this with")]

#[path = "../tests/support/generator.rs"]
mod generator;
#[path = "../tests/support/models.rs"]
mod models;
#[path = "../tests/support/parameters.rs"]
mod parameters;

use vision::card::Architecture;
use vision::compute::Compute;
use vision::model::Model;
use vision::network::{NetworkSpec, VggSpec};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (side, classes) = (16, 2);
    let (stages, hidden) = (vec![vec![16]], vec![16]);
    let spec: NetworkSpec = VggSpec { stages, batch_norm: false, grid: 2, hidden, classes }.into();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.safetensors");
    parameters::write(&path, &spec);
    let card = models::card(path, Architecture::Network(spec), classes as usize, side);
    let model = Model::load(&card, Compute::default())?;
    let pictures: Vec<_> = (0..4).map(|index| parameters::picture(index, side as usize)).collect();
    model.logits(&pictures[..1])?;
    model.logits(&pictures)?;
    allocator::give_back();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    println!("{}", line.map_or("this system does not tell", str::trim));
    Ok(())
}
