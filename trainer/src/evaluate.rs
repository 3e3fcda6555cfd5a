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
use vision::{
    compute::{Precision, PrecisionChoice},
    prediction::top_k,
};

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
    /// Numbers to compute in: f32, bf16. The report is about the first, and compares the others, as
    /// far as this processor has them.
    #[arg(long, value_delimiter = ',', default_values = ["f32", "bf16"])]
    pub precision: Vec<PrecisionChoice>,
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
    /// How it did with the same pictures in other numbers.
    pub others: Vec<Score>,
}

/// Everything that the report says.
#[derive(Debug)]
pub struct Findings {
    /// For each set what came out.
    pub outcomes: Vec<Outcome>,
    /// The numbers that were computed in, those of the answers first.
    pub precisions: Vec<Precision>,
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
    let (&first, others) = options.precision.split_first().context("--precision has no value")?;
    let served = Served::load(&options.model, first)?;
    let mut beside = Vec::new();
    for &precision in others {
        match Served::load(&options.model, precision) {
            Ok(other) => beside.push(other),
            Err(error) => println!("left out: {error:#}"),
        }
    }
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
        outcomes.push(outcome(&served, &beside, &art, &classes, &photographs, set)?);
    }
    let findings = Findings {
        outcomes,
        precisions: [&served].into_iter().chain(&beside).map(Served::precision).collect(),
        milliseconds: served.milliseconds()?,
        size: fs::metadata(&served.card.weights.path)?.len(),
        temperature: served.card.output.temperature,
        labels: classes.labels.clone(),
        photographs: photographs.len(),
    };
    println!("{}\n{}", report::summary(&findings), report::precisions(&findings));
    if options.sets.is_empty() {
        report::write(&options.model, &findings)?;
    }
    Ok(())
}

fn outcome(
    served: &Served,
    beside: &[Served],
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
    let mut others: Vec<Vec<Answer>> = beside.iter().map(|_| Vec::with_capacity(n)).collect();
    set.each(art, classes, photographs, &mut |case: Case| {
        answers.push(Answer::new(&served.probabilities(&case.bytes)?, &case));
        for (other, answers) in beside.iter().zip(&mut others) {
            answers.push(Answer::new(&other.probabilities(&case.bytes)?, &case));
        }
        bar.inc(1);
        Ok(())
    })?;
    bar.finish_and_clear();
    let score = Score::of(&answers);
    let others = others.iter().map(Score::of).collect();
    Ok(Outcome { set, score, answers, others })
}

fn photographs(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = fs::read_dir(folder)
        .with_context(|| format!("{} is missing: see fetch-photographs.sh", folder.display()))?;
    let mut paths = list.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
