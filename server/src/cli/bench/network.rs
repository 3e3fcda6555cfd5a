//! The network without a server around it.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use vision::{
    card::ModelCard,
    compute::Compute,
    decode::{DecodeLimits, decode},
    model::Model,
};

use super::numbers::NetworkFigures;

/// Runs before anything counts, since libtorch prepares itself for each size of batch.
const WARM_UP: usize = 2;
/// Runs at least, whatever they take.
const RUNS: usize = 3;

/// How long runs of so many pictures take, as the worker does them: on one thread that loads the
/// network and alone asks it.
pub(super) fn measure(
    card: &ModelCard,
    compute: Compute,
    pictures: &[Vec<u8>],
    batches: &[u16],
    duration: Duration,
) -> anyhow::Result<Vec<NetworkFigures>> {
    let worker = || {
        let model = Model::load(card, compute)?;
        let prepared = prepare(card, pictures)?;
        batches.iter().map(|&batch| runs(&model, &prepared, batch.into(), duration)).collect()
    };
    thread::scope(|scope| {
        scope.spawn(worker).join().map_err(|_| anyhow!("the network has panicked"))?
    })
}

fn prepare(card: &ModelCard, pictures: &[Vec<u8>]) -> anyhow::Result<Vec<Vec<f32>>> {
    let prepare = |bytes: &Vec<u8>| {
        let picture = decode(bytes, &DecodeLimits::default(), card.orientation)?;
        Ok(card.preprocess.prepare(&picture.pixels).pixels)
    };
    pictures.iter().map(prepare).collect::<anyhow::Result<_>>().context("cannot decode a picture")
}

fn runs(
    model: &Model,
    prepared: &[Vec<f32>],
    batch: usize,
    duration: Duration,
) -> anyhow::Result<NetworkFigures> {
    let pictures: Vec<Vec<f32>> = prepared.iter().cycle().take(batch).cloned().collect();
    for _ in 0..WARM_UP {
        model.logits(&pictures)?;
    }
    let (start, mut times) = (Instant::now(), Vec::new());
    while times.len() < RUNS || start.elapsed() < duration {
        let run = Instant::now();
        model.logits(&pictures)?;
        times.push(run.elapsed());
    }
    Ok(NetworkFigures::new(batch, times))
}
