//! The `vitrine` program.

use std::process::ExitCode;

use clap::Parser;
use server::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line with the whole chain: what failed, and why.
            eprintln!("vitrine: {error:#}");
            ExitCode::FAILURE
        }
    }
}
