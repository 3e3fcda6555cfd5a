//! The command line of the trainer.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use trainer::evaluate::Options as Evaluation;
use vision::compute::{Precision, PrecisionChoice};

#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Folder that `fetch-art.sh` filled.
    #[arg(long, default_value = ".tools/art", global = true)]
    art: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Trains the network from nothing, or goes on where a run stopped.
    Train(trainer::train::Options),
    /// Writes the model of the last checkpoint, trained to the end or not.
    Export(trainer::train::Options),
    /// Tests the model and writes the report.
    Evaluate(Evaluation),
    /// Compares the drawings and saves all of them on one sheet.
    Sheet {
        /// The picture to write.
        out: PathBuf,
        /// Instead of the drawings, show this many pictures as training draws them.
        #[arg(long)]
        training: Option<u64>,
        /// Instead of the drawings, show those of the test beside those of `flag-icons`.
        #[arg(long, conflicts_with = "training")]
        test: bool,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match arguments.command {
        Command::Train(options) => {
            trainer::train::run(&arguments.art, &options)?;
            let photographs = options.photographs.clone();
            let precision = [Precision::F32, Precision::Bf16].map(PrecisionChoice::Fixed).to_vec();
            let evaluation =
                Evaluation { model: options.out, photographs, precision, sets: Vec::new() };
            trainer::evaluate::run(&arguments.art, &evaluation)
        }
        Command::Export(options) => trainer::train::export(&arguments.art, &options),
        Command::Evaluate(options) => trainer::evaluate::run(&arguments.art, &options),
        Command::Sheet { out, test: true, .. } => trainer::sheet::test(&arguments.art, &out),
        Command::Sheet { out, training: None, .. } => {
            trainer::sheet::drawings(&arguments.art, &out)
        }
        Command::Sheet { out, training: Some(n), .. } => {
            trainer::sheet::training(&arguments.art, &out, n)
        }
    }
}
