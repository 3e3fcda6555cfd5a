//! The test of the finished model, the way a server uses it: encoded picture, decoding,
//! preparation, network, temperature.

pub mod score;
pub mod sets;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use vision::prediction::top_k;

use crate::{
    art::{Art, Pack},
    classes::Classes,
    report,
    served::Served,
};

use score::{Answer, Score};
use sets::{Case, Set};

/// Codes for which `country-flag-icons` draws another flag than the class has: the territory's own
/// where `flag-icons`, whose labels these are, has its country's.
pub const LEFT_OUT: &[&str] = &["bl", "bq", "gf", "mf", "sh", "wf", "yt"];

/// What to test.
#[derive(Debug, Args)]
pub struct Options {
    /// Folder of the model; the report is written into it.
    #[arg(long, default_value = "models/flags")]
    pub model: PathBuf,
    /// Folder with photographs that show no flags.
    #[arg(long, default_value = ".tools/photographs")]
    pub photographs: PathBuf,
    /// Only these sets, and no report: for a look during development that leaves the test alone.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub sets: Vec<Set>,
}

/// What came out for one set of pictures.
#[derive(Debug)]
pub struct Outcome {
    /// What the set is.
    pub set: Set,
    /// How the model did.
    pub score: Score,
    /// Every answer.
    pub answers: Vec<Answer>,
}

/// Everything that the report says.
#[derive(Debug)]
pub struct Findings {
    /// For each set what came out.
    pub outcomes: Vec<Outcome>,
    /// Milliseconds in the network for a picture on one core.
    pub milliseconds: f64,
    /// Bytes of the weights.
    pub size: u64,
    /// Parameters of the network.
    pub temperature: f32,
    /// Names of the classes.
    pub labels: Vec<String>,
    /// Number of photographs among the pictures without a flag.
    pub photographs: usize,
}

/// Tests the model, prints the figures and writes the report.
///
/// # Errors
///
/// When the model, the art or the photographs are missing.
pub fn run(art: &Path, options: &Options) -> Result<()> {
    let classes = Classes::load(art)?;
    let art = Art::load(art, &classes, &Pack::ALL)?;
    let served = Served::load(&options.model)?;
    for example in &served.card.examples {
        let probabilities = served.probabilities(&fs::read(&example.path)?)?;
        let first = top_k(&probabilities, &served.card.labels, 1).remove(0);
        let percent = 100.0 * first.probability;
        println!("{}: {} ({percent:.0} %)", example.path.display(), first.label);
    }
    let photographs = photographs(&options.photographs)?;
    let mut outcomes = Vec::new();
    for set in Set::ALL {
        if !options.sets.is_empty() && !options.sets.contains(&set) {
            continue;
        }
        outcomes.push(outcome(&served, &art, &classes, &photographs, set)?);
    }
    let findings = Findings {
        outcomes,
        milliseconds: served.milliseconds()?,
        size: fs::metadata(&served.card.weights.path)?.len(),
        temperature: served.card.output.temperature,
        labels: classes.labels.clone(),
        photographs: photographs.len(),
    };
    println!("{}", report::summary(&findings));
    if options.sets.is_empty() {
        report::write(&options.model, &findings)?;
    }
    Ok(())
}

fn outcome(
    served: &Served,
    art: &Art,
    classes: &Classes,
    photographs: &[PathBuf],
    set: Set,
) -> Result<Outcome> {
    let n = set.count(art, classes, photographs);
    let bar = ProgressBar::new(n as u64)
        .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")?)
        .with_message(set.title());
    let mut answers = Vec::with_capacity(n);
    set.each(art, classes, photographs, &mut |case: Case| {
        let probabilities = served.probabilities(&case.bytes)?;
        answers.push(Answer::new(&probabilities, case));
        bar.inc(1);
        Ok(())
    })?;
    bar.finish_and_clear();
    let score = Score::of(&answers);
    Ok(Outcome { set, score, answers })
}

fn photographs(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = fs::read_dir(folder)
        .with_context(|| format!("{} is missing: see fetch-photographs.sh", folder.display()))?;
    let mut paths = list.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
