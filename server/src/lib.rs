//! The server of vitrine as a library: what the `vitrine` program is put together from.
//!
//! A program of one's own serves all that `vitrine` does, and pipelines that are not a classifier
//! on libtorch beside it: see [`run`] and [`mount`].

pub mod access;
pub mod admin;
pub mod backend;
pub mod catalogue;
pub mod cli;
mod error_chain;
pub mod fetch;
pub mod grpc;
pub mod heat;
pub mod http;
pub mod meters;
pub mod mount;
mod object;
pub mod oip;
pub mod pull;
pub mod registry;
pub mod service;
pub mod shutdown;
pub mod telemetry;
mod tls;
mod whole;
pub mod worker;

use std::process::ExitCode;

/// Runs the `vitrine` program: does what the command line says. When that is to serve, `mount` may
/// add pipelines first.
pub fn run(mount: impl FnOnce(&mut mount::Mounts) -> anyhow::Result<()>) -> ExitCode {
    match cli::Cli::run(mount) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line with the whole chain: what failed, and why.
            eprintln!("vitrine: {error:#}");
            ExitCode::FAILURE
        }
    }
}
