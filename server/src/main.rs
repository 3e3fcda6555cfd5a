//! The `vitrine` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::run(|_| Ok(()))
}
