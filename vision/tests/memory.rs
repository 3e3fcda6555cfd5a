//! What a model leaves in memory. The only test of this program, because it looks at all of it.

#![allow(clippy::unwrap_used)]

#[path = "support/generator.rs"]
mod generator;
#[path = "support/models.rs"]
mod models;
#[path = "support/parameters.rs"]
mod parameters;

use vision::card::Architecture;
use vision::compute::Compute;
use vision::model::Model;
use vision::network::{NetworkSpec, VggSpec};

/// Bytes that this process has in memory, of a kind that `/proc` tells.
fn memory(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// Protects a server that loads and drops models while it runs, and its peak while it loads one.
#[test]
fn a_dropped_model_gives_its_memory_back() {
    if memory("VmRSS").is_none() {
        println!("this system does not tell what memory is used");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let stages = vec![vec![32], vec![64], vec![256, 512], vec![512]];
    let spec: NetworkSpec =
        VggSpec { stages, batch_norm: true, grid: 4, hidden: vec![1024], classes: 10 }.into();
    parameters::write(&path, &spec);
    let weights = std::fs::metadata(&path).unwrap().len();
    let mut card = models::card(path.clone(), Architecture::Network(spec), 10, 64);
    // Checking the digest reads the whole file, which must not stay in memory either.
    card.weights.fingerprint.sha256 = Some("0".repeat(64));
    Model::load(&card, Compute::default()).unwrap_err();
    card.weights.fingerprint.sha256 = None;

    let resident: Vec<u64> = (0..20)
        .map(|_| {
            drop(Model::load(&card, Compute::default()).unwrap());
            memory("VmRSS").unwrap()
        })
        .collect();
    // The first loads teach the allocator what to keep at hand, and that goes up and down a little.
    let early = resident[..5].iter().max().unwrap();
    let late = resident[15..].iter().min().unwrap();
    let peak = memory("VmHWM").unwrap();
    println!("weights {weights}, early {early}, late {late}, peak {peak}");
    assert!(weights > 40_000_000, "a leak would be seen: {weights}");
    assert!(*late as f64 <= *early as f64 * 1.05, "{early} bytes became {late}");
    assert!(peak < early + weights * 2, "two copies at a time: {peak} with {weights}");
}
