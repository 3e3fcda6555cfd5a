//! Progress for a person at a terminal, or one line for a log.

use std::{
    io::{IsTerminal, stderr},
    time::Duration,
};

use indicatif::{DecimalBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Progress, PullError};

const TEMPLATE: &str =
    "{prefix} {wide_bar} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta}";
/// There is no bar and no time left without a length.
const OPEN_END: &str = "{prefix} {spinner} {decimal_bytes} {decimal_bytes_per_sec}";

/// Shows the progress of one model on standard error.
#[derive(Debug)]
pub(crate) struct Bar {
    name: String,
    /// Only at a terminal.
    bar: Option<ProgressBar>,
    /// Whether the one line was written.
    announced: bool,
}

impl Bar {
    /// A bar for the model with this name. It appears when there is something to show.
    pub(crate) fn new(name: &str) -> Self {
        let bar = stderr().is_terminal().then(|| {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
                .with_prefix(name.to_owned())
        });
        Self { name: name.to_owned(), bar, announced: false }
    }
}

impl Progress for Bar {
    fn started(&mut self, held: u64, total: Option<u64>, host: &str) {
        if let Some(bar) = &self.bar {
            match total {
                Some(total) => bar.set_length(total),
                None => bar.unset_length(),
            }
            let template = if total.is_some() { TEMPLATE } else { OPEN_END };
            bar.set_style(style(template));
            bar.set_position(held);
            // What an earlier run brought must not count as speed.
            bar.reset_eta();
        } else if !self.announced {
            self.announced = true;
            let size = total.map_or_else(String::new, |total| format!("{} ", DecimalBytes(total)));
            eprintln!("{}: downloading {size}from {host}", self.name);
        }
    }

    fn advanced(&mut self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(bytes);
        }
    }

    fn interrupted(&mut self, error: &PullError, pause: Duration) {
        if let Some(bar) = &self.bar {
            // The rest of the sentence says what to do when this gives up, which it has not yet.
            let error = error.to_string();
            let reason = error.split("; ").next().unwrap_or_default();
            bar.println(format!("{}: {reason}; trying again in {pause:?}", self.name));
        }
    }

    fn verifying(&mut self) {
        if let Some(bar) = &self.bar {
            bar.set_style(style("{prefix} {msg}"));
            bar.set_message("comparing the file with its fingerprint");
            bar.tick();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are fixed; an ugly bar would still be better than none.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
