//! The training: one long loop over pictures that are never shown twice.

use std::{
    fs,
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tch::{Kind, Tensor};
use vision::network::{Mode, Vgg};

use crate::{
    art::{Art, Pack},
    checkpoint::State,
    classes::Classes,
    export,
    feed::{Batch, Feed},
    optimise,
    sample::seeds,
    weights::{Weights, spec},
};

/// Side of the pictures that the finished network sees.
pub const SIDE: usize = 64;
/// Side in the first part of the training, when coarse features are learnt: it takes half the time.
const EARLY_SIDE: usize = 48;
const EARLY_PART: f64 = 0.45;
const LABEL_SMOOTHING: f64 = 0.05;
const DROPOUT: f64 = 0.2;
/// How slowly the mean of the weights follows them.
const MEMORY: f64 = 0.998;
const CHECKPOINT_EVERY: Duration = Duration::from_secs(120);
const REPORT_EVERY: u64 = 50;

/// How to train.
#[derive(Debug, Args)]
pub struct Options {
    /// Pictures to learn from in all. A run that stopped goes on where it was.
    #[arg(long, default_value_t = 400_000)]
    pub pictures: u64,
    /// Pictures in a step.
    #[arg(long, default_value_t = 128)]
    pub batch: u64,
    /// Seed of the first weights.
    #[arg(long, default_value_t = 1)]
    pub seed: i64,
    /// Where the weights, the labels and the log are written.
    #[arg(long, default_value = "models/flags")]
    pub out: PathBuf,
    /// Where the state between runs is kept; remove it to begin anew.
    #[arg(long, default_value = "target/flags.checkpoint.safetensors")]
    pub checkpoint: PathBuf,
    /// Folder with photographs that show no flags, for the report.
    #[arg(long, default_value = ".tools/photographs")]
    pub photographs: PathBuf,
    /// Stop after this many steps of this run, to measure the speed.
    #[arg(long)]
    pub stop_after: Option<u64>,
    /// Leave a pack out, to see how well the network reads a drawing that it never saw.
    #[arg(long, value_enum)]
    pub without: Option<Pack>,
}

/// Trains, or goes on training, and writes the model.
///
/// # Errors
///
/// When the art is incomplete, libtorch fails or a file cannot be written.
pub fn run(art: &Path, options: &Options) -> Result<()> {
    let classes = Classes::load(art)?;
    let packs: Vec<Pack> =
        Pack::ALL.into_iter().filter(|pack| Some(*pack) != options.without).collect();
    let art = Arc::new(Art::load(art, &classes, &packs)?);
    let spec = spec(classes.count());
    let mut state = State::new(Weights::random(&spec, options.seed)?);
    state.resume(&options.checkpoint)?;
    state.weights.require_gradients();
    let network = state.weights.network(&spec)?;

    fs::create_dir_all(&options.out)?;
    let log_path = options.out.join("training.log");
    if state.step == 0 && log_path.exists() {
        fs::remove_file(&log_path).context("an older log is in the way")?;
    }
    let mut log = File::options().create(true).append(true).open(&log_path)?;
    let total = options.pictures / options.batch;
    writeln!(
        log,
        "{} classes, {} numbers, step {} of {total}, {} pictures a step",
        classes.count(),
        state.weights.count(),
        state.step,
        options.batch,
    )?;

    let early = (total as f64 * EARLY_PART) as u64;
    let side_of = move |step: u64| if step < early { EARLY_SIDE } else { SIDE };
    let feed = Feed::start(Arc::clone(&art), seeds::TRAINING, options.batch, state.step, side_of);
    let bar = ProgressBar::new(total)
        .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {eta} left: {msg}")?);
    bar.set_position(state.step);
    bar.reset_eta();

    let (mut seen, mut right, mut loss_sum) = (0.0, 0.0, 0.0);
    let (mut saved, mut begun) = (Instant::now(), Instant::now());
    let last = options.stop_after.map_or(total, |steps| total.min(state.step + steps));
    while state.step < last {
        let batch = feed.next()?;
        let (loss, hits) = learn(&network, &mut state, &batch, total)?;
        ensure!(loss.is_finite(), "the loss is no number any more");
        state.step += 1;
        seen += batch.labels.len() as f64;
        right += hits;
        loss_sum += loss * batch.labels.len() as f64;
        bar.inc(1);
        bar.set_message(format!(
            "loss {:.3}, {:.1} % right",
            loss_sum / seen,
            100.0 * right / seen
        ));
        if state.step.is_multiple_of(REPORT_EVERY) || state.step == last {
            state.seconds += begun.elapsed().as_secs_f64();
            let line = format!(
                "step {} at {:.0} s: loss {:.4}, {:.2} % right, {:.0} pictures/s, rate {:.6}",
                state.step,
                state.seconds,
                loss_sum / seen,
                100.0 * right / seen,
                seen / begun.elapsed().as_secs_f64(),
                optimise::rate(state.step as f64 / total as f64),
            );
            writeln!(log, "{line}")?;
            (seen, right, loss_sum, begun) = (0.0, 0.0, 0.0, Instant::now());
            if saved.elapsed() > CHECKPOINT_EVERY {
                state.save(&options.checkpoint)?;
                saved = Instant::now();
            }
        }
    }
    bar.finish();
    state.save(&options.checkpoint)?;
    let accuracy = validate(&state.mean.network(&spec)?, &art)?;
    writeln!(log, "validation: {:.2} % right", 100.0 * accuracy)?;
    export::write(&options.out, &state.mean, &spec, &classes, &art)
}

/// Writes the model as it is at the last checkpoint, trained to the end or not.
///
/// # Errors
///
/// When there is no checkpoint or a file cannot be written.
pub fn export(art: &Path, options: &Options) -> Result<()> {
    let classes = Classes::load(art)?;
    let art = Art::load(art, &classes, &Pack::ALL)?;
    let spec = spec(classes.count());
    let mut state = State::new(Weights::random(&spec, options.seed)?);
    state.resume(&options.checkpoint)?;
    ensure!(state.step > 0, "there is no checkpoint to export");
    export::write(&options.out, &state.mean, &spec, &classes, &art)
}

/// One step; gives the loss and how many were right.
fn learn(network: &Vgg, state: &mut State, batch: &Batch, total: u64) -> Result<(f64, f64)> {
    // Dropout draws from libtorch's generator: tied to the step, a resumed run draws the same.
    tch::manual_seed(state.step as i64);
    let (pictures, labels) = batch.tensors();
    let logits = network.forward(&pictures, Mode::Train { dropout: DROPOUT })?;
    let loss = logits.f_cross_entropy_loss::<Tensor>(
        &labels,
        None,
        tch::Reduction::Mean,
        -100,
        LABEL_SMOOTHING,
    )?;
    loss.f_backward()?;
    let rate = optimise::rate(state.step as f64 / total as f64);
    state.optimiser.step(&mut state.weights, state.step, rate);
    // Early on the mean forgets faster, lest the random beginning stay in it.
    let memory = MEMORY.min((1.0 + state.step as f64) / (10.0 + state.step as f64));
    state.mean.approach(&state.weights, 1.0 - memory);
    let hits = logits.argmax(1, false).eq_tensor(&labels).sum(Kind::Float).double_value(&[]);
    Ok((loss.double_value(&[]), hits))
}

/// The part of a few thousand pictures of other seeds that the network names rightly.
fn validate(network: &Vgg, art: &Art) -> Result<f64> {
    let (size, n) = (200, 20);
    let mut right = 0.0;
    for i in 0..n {
        let batch = Batch::make(art, seeds::VALIDATION, i * size, size, SIDE);
        let (pictures, labels) = batch.tensors();
        let logits = tch::no_grad(|| network.forward(&pictures, Mode::Evaluate))?;
        right += logits.argmax(1, false).eq_tensor(&labels).sum(Kind::Float).double_value(&[]);
    }
    Ok(right / (size * n) as f64)
}
