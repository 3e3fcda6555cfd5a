//! Logs.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Sends logs to standard error: `info` and above, or what `filter` says in the syntax of
/// `RUST_LOG`.
///
/// # Errors
///
/// When the filter cannot be read, or when logs were already set up.
pub fn start(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| anyhow::anyhow!("cannot read the log filter {filter:?}: {error}"))?;
    let colours = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours).with_target(false);
    tracing_subscriber::registry().with(filter).with(lines).try_init()?;
    Ok(())
}
