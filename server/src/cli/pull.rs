//! `vitrine pull`.

use anyhow::{Context, bail};
use clap::Args;
use indicatif::DecimalBytes;
use vision::card::ModelCard;

use super::options::{FolderOptions, MirrorOptions};
use crate::{
    catalogue::Catalogue,
    pull::{self, Bar, Outcome, PullError, Settings},
};

/// What `pull` can be told.
#[derive(Debug, Args)]
pub(super) struct Pull {
    /// The model whose weights to download [default: every one whose weights are not here]
    model: Option<String>,
    /// Download even if the weights are here
    #[arg(long, requires = "model")]
    force: bool,
    #[command(flatten)]
    mirror: MirrorOptions,
    #[command(flatten)]
    folder: FolderOptions,
}

impl Pull {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let catalogue = self.folder.catalogue()?;
        let settings = Settings { force: self.force, ..self.mirror.settings() };
        let pull = pull::Pull::new(settings)?;
        match self.model {
            Some(model) => {
                let entry = catalogue.get(&model).with_context(|| unknown(&model, &catalogue))?;
                Ok(one(&pull, &entry.card)?)
            }
            None => all(&pull, &catalogue),
        }
    }
}

/// Pulls what is not here and can be had.
fn all(pull: &pull::Pull, catalogue: &Catalogue) -> anyhow::Result<()> {
    let absent = catalogue.iter().map(|entry| &entry.card).filter(|card| !card.weights_present());
    let (wanted, homeless): (Vec<_>, Vec<_>) = absent.partition(|card| card.weights.url.is_some());
    for card in homeless {
        eprintln!(
            "{}: no weights here, and no weights.url in the card to get them from",
            card.name
        );
    }
    if wanted.is_empty() {
        eprintln!("nothing to pull");
    }
    let mut failed = 0;
    for card in &wanted {
        // The others are still worth having.
        if let Err(error) = one(pull, card) {
            failed += 1;
            eprintln!("vitrine: {}: {error}", card.name);
        }
    }
    if failed > 0 {
        bail!("the weights of {failed} of {} models could not be pulled", wanted.len());
    }
    Ok(())
}

/// Pulls the weights of one model, and says so.
fn one(pull: &pull::Pull, card: &ModelCard) -> Result<(), PullError> {
    let (name, path) = (&card.name, card.weights.path.display());
    if card.weights.fingerprint.sha256.is_none() {
        eprintln!("{name}: the card has no sha256, so a wrong or altered file goes unnoticed");
    }
    let mut bar = Bar::new(name);
    let outcome = pull.weights(card, &mut bar);
    // Before anything else is written to the terminal.
    drop(bar);
    match outcome? {
        Outcome::Present { verified: true } => {
            eprintln!("{name}: already at {path}, and the SHA-256 is right");
        }
        Outcome::Present { verified: false } => eprintln!("{name}: already at {path}"),
        Outcome::Pulled { bytes, verified } => {
            let checked = if verified { ", and the SHA-256 is right" } else { "" };
            eprintln!("{name}: {} are at {path}{checked}", DecimalBytes(bytes));
        }
    }
    Ok(())
}

fn unknown(model: &str, catalogue: &Catalogue) -> String {
    let names: Vec<_> = catalogue.iter().map(|entry| entry.card.name.as_str()).collect();
    format!("there is no model {model:?}; there is {}", names.join(", "))
}
