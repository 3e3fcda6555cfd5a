//! `vitrine models`.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::options::ModelOptions;
use crate::catalogue::Entry;

/// What `models` can be told.
#[derive(Debug, Args)]
pub(super) struct Models {
    #[command(flatten)]
    models: ModelOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A model in the list.
#[derive(Debug, Serialize)]
struct Line {
    name: String,
    title: String,
    architecture: String,
    input_size: u32,
    classes: usize,
    weights: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<String>,
}

impl Models {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let catalogue = self.models.catalogue()?;
        let lines: Vec<_> = catalogue.iter().map(Line::from).collect();
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&lines)?)?;
            return Ok(());
        }
        for line in lines {
            writeln!(
                out,
                "{:<16} {:<11} {:>4} px {:>5} classes  weights {:<8} {}",
                line.name,
                line.architecture,
                line.input_size,
                line.classes,
                line.weights,
                line.title
            )?;
        }
        Ok(())
    }
}

impl From<&Entry> for Line {
    fn from(entry: &Entry) -> Self {
        let card = &entry.card;
        Self {
            name: card.name.clone(),
            title: card.title.clone(),
            architecture: card.architecture.name(),
            input_size: card.preprocess.size,
            classes: card.labels.len(),
            weights: if card.weights_present() { "present" } else { "absent" },
            fallback: card.fallback.clone(),
        }
    }
}
