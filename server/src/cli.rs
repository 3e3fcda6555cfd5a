//! The command line. Every option of the server is a flag and an environment variable.

mod bench;
mod classify;
mod import;
mod key;
mod models;
mod options;
mod pull;
mod serve;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use serve::effective;

use crate::mount::Mounts;
pub use options::{FetchOptions, FolderOptions, MirrorOptions, ModelOptions};

/// Puts a trained image classifier behind a web page and an API.
#[derive(Debug, Parser)]
#[command(
    name = "vitrine",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Without a command, vitrine serves. A flag wins over its environment variable."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page and the API (the default)
    Serve(Box<serve::Serve>),
    /// Classify pictures here and now, without a server
    Classify(classify::Classify),
    /// Measure how fast a model answers on this machine
    Bench(Box<bench::Bench>),
    /// List the models and whether their weights are here
    Models(models::Models),
    /// Download weights that are not here
    Pull(pull::Pull),
    /// Make a model of weights from Keras, PyTorch or tch
    Import(Box<import::Import>),
    /// Make keys for programs
    Key(key::Key),
}

impl Cli {
    /// Reads the command line and the environment, and runs the command. Ends the program if they
    /// cannot be read. If it is to serve, `mount` may add pipelines.
    ///
    /// # Errors
    ///
    /// What stopped it, as a chain that reads as one line.
    pub fn run(mount: impl FnOnce(&mut Mounts) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let command = Self::command();
        let matches = command.clone().get_matches();
        let cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        match cli.command.unwrap_or(Command::Serve(Box::new(cli.serve))) {
            Command::Serve(serve) => {
                let given = matches
                    .subcommand()
                    .and_then(|(name, matches)| Some((command.find_subcommand(name)?, matches)));
                let (command, matches) = given.unwrap_or((&command, &matches));
                serve.run(effective(command, matches), mount)
            }
            Command::Key(key) => key.run(),
            Command::Classify(classify) => classify.run(),
            Command::Bench(bench) => bench.run(),
            Command::Models(models) => models.run(),
            Command::Pull(pull) => pull.run(),
            Command::Import(import) => import.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serving_is_the_default_command() {
        let cli =
            Cli::try_parse_from(["vitrine", "--queue", "7"]).expect("flags without a command");
        assert!(cli.command.is_none());
        let cli =
            Cli::try_parse_from(["vitrine", "serve", "--queue", "7"]).expect("the same with it");
        assert!(matches!(cli.command, Some(Command::Serve(_))));
    }
}
