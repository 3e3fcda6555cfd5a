//! When to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Resolves on Ctrl-C or `SIGTERM`, with the name of the signal.
///
/// # Errors
///
/// When the system does not let us listen for signals.
pub async fn requested() -> std::io::Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    })
}
