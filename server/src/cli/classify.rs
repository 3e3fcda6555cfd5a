//! `vitrine classify`.

use std::{io::Write, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use app::{
    classify::{Classifier, Picture, Request},
    wire::Classification,
};
use clap::Args;

use super::options::{FetchOptions, ModelOptions};
use crate::{
    registry::{Loading, Preload},
    service::{Limits, Service},
    telemetry::{self, LogFormat},
};

/// What `classify` can be told.
#[derive(Debug, Args)]
pub(super) struct Classify {
    /// Pictures: files or addresses
    #[arg(required = true, value_name = "FILE-or-URL")]
    pictures: Vec<String>,
    /// The model to ask
    #[arg(long, env = "VITRINE_MODEL", default_value = "vgg")]
    model: String,
    /// How many classes to name
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    top_k: u32,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    models: ModelOptions,
    #[command(flatten)]
    fetch: FetchOptions,
}

impl Classify {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let _telemetry = telemetry::start("warn", LogFormat::Text)?;
        let limits = Limits {
            queue: 1,
            max_batch: 1,
            timeout: Duration::from_secs(600),
            stuck_after: Duration::MAX,
            max_upload: self.fetch.max_upload,
            cache: 0,
            fallback: !self.models.no_fallback,
            full_decode: self.models.full_decode,
            loading: Loading {
                preload: Preload::Only(vec![self.model.clone()]),
                max_loaded: None,
                compute: self.models.compute()?,
            },
        };
        let catalogue = self.models.catalogue()?;
        let service = Service::start(catalogue, self.fetch.fetcher(None)?, limits, Arc::new(()))
            .context("cannot start the worker thread")?;
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("cannot start the runtime")?
            .block_on(async {
                let classified = self.classify(&service).await;
                // The network is given back by the thread that owns it, before the process ends.
                let _ = service.shutdown(Duration::from_secs(5)).await;
                classified
            })
    }

    async fn classify(&self, service: &Service) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        let mut failed = 0;
        for picture in &self.pictures {
            match self.one(service, picture).await {
                Ok(answer) if self.json => writeln!(out, "{}", serde_json::to_string(&answer)?)?,
                Ok(answer) => print(&mut out, picture, &answer)?,
                // The others are still worth an answer.
                Err(error) => {
                    failed += 1;
                    eprintln!("vitrine: {picture}: {error:#}");
                }
            }
        }
        if failed > 0 {
            bail!("{failed} of {} pictures could not be classified", self.pictures.len());
        }
        Ok(())
    }

    async fn one(&self, service: &Service, picture: &str) -> anyhow::Result<Classification> {
        let picture = if picture.starts_with("http://") || picture.starts_with("https://") {
            Picture::Url(picture.to_owned())
        } else {
            let bytes = std::fs::read(picture)?.into();
            Picture::Bytes { bytes, name: Some(picture.to_owned()) }
        };
        let (model, top_k) = (self.model.clone(), self.top_k as usize);
        Ok(service.classify(Request { model, picture, top_k, crop: false }).await?)
    }
}

fn print(out: &mut impl Write, picture: &str, answer: &Classification) -> anyhow::Result<()> {
    writeln!(out, "{picture}")?;
    if let Some(asked) = &answer.fallback_for {
        writeln!(out, "  ({} answers for {asked}, whose weights are not here)", answer.model)?;
    }
    for p in &answer.predictions {
        writeln!(out, "  {:>5.1} %  {}", p.probability * 100.0, p.label)?;
    }
    Ok(())
}
