//! The `vitrine` program.

use std::process::ExitCode;

use server::cli::Cli;

fn main() -> ExitCode {
    match Cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line with the whole chain: what failed, and why.
            eprintln!("vitrine: {error:#}");
            ExitCode::FAILURE
        }
    }
}
