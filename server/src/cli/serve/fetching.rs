//! Downloading weights while the server already answers.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;

use crate::{
    error_chain::error_chain,
    pull::{Outcome, Progress, Pull, PullError, Settings},
    registry::Registry,
};

/// How often the progress is written down: more often than anybody looks.
const STEP: Duration = Duration::from_millis(250);

/// Downloads the weights of every model that has none here, one after the other, on a thread of
/// its own. A model answers as soon as its weights are loaded.
///
/// # Errors
///
/// When the downloads cannot be prepared.
pub(super) fn start(registry: Arc<Registry>, settings: Settings) -> anyhow::Result<()> {
    let pull = Pull::new(settings)?;
    let body = move || {
        for version in registry.versions() {
            let card = version.card();
            if card.weights_present() || card.weights.url.is_none() {
                continue;
            }
            let name = card.name.as_str();
            let mut progress = Noted {
                registry: &registry,
                model: name,
                received: 0,
                total: None,
                next: Instant::now(),
            };
            progress.note();
            tracing::info!(model = name, "fetching weights");
            match pull.weights(card, &mut progress) {
                Ok(Outcome::Present { .. } | Outcome::Pulled { .. }) => {
                    tracing::info!(model = name, "weights are here");
                    registry.look(name);
                }
                Err(error) => {
                    registry.not_fetched(name);
                    let reason = error_chain(&error);
                    tracing::error!(
                        model = name,
                        reason,
                        "weights could not be fetched; try again with: vitrine pull {name}"
                    );
                }
            }
        }
    };
    // Nobody waits for it at the end: what has been downloaded is continued the next time.
    thread::Builder::new()
        .name("vitrine-pull".to_owned())
        .spawn(body)
        .context("cannot start the thread that downloads")?;
    Ok(())
}

/// Writes the progress into the model's state.
struct Noted<'a> {
    registry: &'a Registry,
    model: &'a str,
    received: u64,
    total: Option<u64>,
    next: Instant,
}

impl Noted<'_> {
    fn note(&mut self) {
        self.registry.fetching(self.model, self.received, self.total);
        self.next = Instant::now() + STEP;
    }
}

impl Progress for Noted<'_> {
    fn started(&mut self, held: u64, total: Option<u64>, _: &str) {
        (self.received, self.total) = (held, total);
        self.note();
    }

    fn advanced(&mut self, bytes: u64) {
        self.received += bytes;
        if Instant::now() >= self.next {
            self.note();
        }
    }

    fn interrupted(&mut self, error: &PullError, pause: Duration) {
        let (reason, seconds) = (error_chain(error), pause.as_secs());
        tracing::warn!(model = self.model, reason, seconds, "fetching was cut off, and goes on");
    }
}
