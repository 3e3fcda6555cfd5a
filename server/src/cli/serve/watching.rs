//! Looking for changed models: every so often, and on `SIGHUP`.

use std::{future::pending, io, sync::Arc, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
    time::{MissedTickBehavior, interval},
};

use crate::registry::Registry;

/// Looks as long as the program runs. From now on `SIGHUP` does not end it.
///
/// A look costs a system call for each file. That works on every file system, unlike being told by
/// the system, which network mounts and the volumes of clusters do not do.
///
/// # Errors
///
/// When the system does not let us listen for the signal.
pub(super) fn start(registry: Arc<Registry>, every: Duration) -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut ticks = (!every.is_zero()).then(|| interval(every));
    if let Some(ticks) = &mut ticks {
        // While a big model is loaded, one look is enough to catch up.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    }
    tokio::spawn(async move {
        loop {
            let tick = async {
                match &mut ticks {
                    Some(ticks) => ticks.tick().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                _ = tick => registry.rescan(false),
                received = hangup.recv() => {
                    if received.is_none() {
                        return;
                    }
                    tracing::info!("SIGHUP: looking for changed models");
                    registry.rescan(true);
                }
            }
        }
    });
    Ok(())
}
