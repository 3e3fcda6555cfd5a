//! `vitrine bench`.

mod network;
mod numbers;
mod serving;
mod table;
mod usage;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum, value_parser};
use http::{HeaderMap, HeaderValue, Method, header};
use load::{Arrivals, Message, Pace, Plan, Target};
use vision::{card::ModelCard, compute::Compute};

use self::{
    numbers::{Figures, HttpFigures},
    serving::Serving,
    usage::Usage,
};
use super::options::ModelOptions;
use crate::catalogue::Catalogue;

/// Most connections of an open loop.
const CONNECTIONS: usize = 1024;

/// What `bench` can be told.
#[derive(Debug, Args)]
#[command(
    after_help = "A server of its own is started for the requests, and obeys the VITRINE_ variables."
)]
pub(super) struct Bench {
    /// The model to measure, or the one that answers for it
    #[arg(long, env = "VITRINE_MODEL", default_value = "vgg")]
    model: String,
    /// Ask this running server instead, such as http://127.0.0.1:2017/vgg
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Pictures to send, in turn [default: the examples of the model]
    #[arg(long, value_name = "FILE", num_args = 1..)]
    picture: Vec<PathBuf>,
    /// Clients that each send again when they have their answer
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,8,64",
        value_parser = value_parser!(u16).range(1..=4096))]
    clients: Vec<u16>,
    /// Requests a second that come by themselves; their latency counts from when they are due
    #[arg(long, value_name = "R,…", value_delimiter = ',')]
    rate: Vec<f64>,
    /// Pictures in one run of the bare network
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,4,8",
        value_parser = value_parser!(u16).range(1..=1024))]
    batch: Vec<u16>,
    /// Seconds for each measurement
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    duration: f64,
    /// Measure only the bare network, or only requests
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Write all figures as JSON, too; - is the standard output instead of the table
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    models: ModelOptions,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The network without a server around it.
    Network,
    /// Requests over HTTP.
    Http,
}

impl Bench {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let duration = Duration::try_from_secs_f64(self.duration)
            .ok()
            .filter(|duration| !duration.is_zero())
            .context("--duration must be a number of seconds above zero")?;
        let catalogue = self.models.catalogue()?;
        let card = self.card(&catalogue)?;
        let pictures = self.pictures(&card)?;
        let compute = self.models.compute()?;
        let mut figures = Figures::new(&card, compute, &pictures);
        if self.only != Some(Part::Http) && self.url.is_none() {
            eprintln!("{}: the network alone", card.name);
            figures.network = network::measure(&card, compute, &pictures, &self.batch, duration)?;
        }
        if self.only != Some(Part::Network) {
            figures.http = self.ask(&card, compute, pictures, duration)?;
        }
        match &self.json {
            Some(path) if path == Path::new("-") => {
                println!("{}", serde_json::to_string_pretty(&figures)?);
                return Ok(());
            }
            Some(path) => fs::write(path, serde_json::to_string_pretty(&figures)?)
                .with_context(|| format!("cannot write {}", path.display()))?,
            None => {}
        }
        table::print(&mut std::io::stdout().lock(), &figures)?;
        Ok(())
    }

    /// The card of the model that can answer.
    fn card(&self, catalogue: &Catalogue) -> anyhow::Result<ModelCard> {
        let unknown =
            || format!("there is no model {} in {}", self.model, catalogue.folder().display());
        let asked = &catalogue.get(&self.model).with_context(unknown)?.card;
        // A running server has its own weights.
        if self.url.is_some() || asked.weights_present() {
            return Ok(asked.clone());
        }
        let fallback = asked.fallback.as_ref().filter(|_| !self.models.no_fallback);
        let stand_in = fallback.and_then(|name| catalogue.get(name)).map(|entry| &entry.card);
        match stand_in.filter(|card| card.weights_present()) {
            Some(card) => {
                eprintln!(
                    "The weights of {} are not here (vitrine pull {0}), so {} is measured.",
                    self.model, card.name
                );
                Ok(card.clone())
            }
            None => bail!(
                "the weights of {0} are not here; bring them with: vitrine pull {0}",
                self.model
            ),
        }
    }

    fn pictures(&self, card: &ModelCard) -> anyhow::Result<Vec<Vec<u8>>> {
        let examples = card.examples.iter().map(|example| &example.path);
        let paths: Vec<&PathBuf> = if self.picture.is_empty() {
            examples.collect()
        } else {
            self.picture.iter().collect()
        };
        if paths.is_empty() {
            bail!("model {} has no example pictures: name some with --picture", card.name);
        }
        let read = |path: &&PathBuf| {
            fs::read(path).with_context(|| format!("cannot read {}", path.display()))
        };
        paths.iter().map(read).collect()
    }

    fn ask(
        &self,
        card: &ModelCard,
        compute: Compute,
        pictures: Vec<Vec<u8>>,
        duration: Duration,
    ) -> anyhow::Result<Vec<HttpFigures>> {
        let serving = match &self.url {
            Some(_) => None,
            None => Some(Serving::start(&card.name, &self.models, compute)?),
        };
        let url = match (&self.url, &serving) {
            (Some(url), _) => url.clone(),
            (None, Some(serving)) => format!("http://{}/{}", serving.address, card.name),
            (None, None) => bail!("there is no server to ask"),
        };
        let target = Target::resolve(&url)?;
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let message = |body: Vec<u8>| Message {
            method: Method::POST,
            headers: headers.clone(),
            body: body.into(),
        };
        let messages: Vec<Message> = pictures.into_iter().map(message).collect();
        let clients =
            self.clients.iter().map(|&n| Pace::Closed { clients: n.into(), requests: None });
        let rates = self.rate.iter().map(|&rate| Pace::Open {
            rate,
            arrivals: Arrivals::Poisson,
            connections: CONNECTIONS,
            seed: 1,
        });
        let mut rows = Vec::new();
        for pace in clients.chain(rates) {
            match pace {
                Pace::Closed { clients, .. } => eprintln!("{url}: {clients} clients"),
                Pace::Open { rate, .. } => eprintln!("{url}: {rate} requests a second"),
            }
            let plan = Plan {
                warm_up: (duration / 5).max(Duration::from_millis(500)),
                inner: vec!["decode".to_owned(), "infer".to_owned()],
                ..Plan::new(target.clone(), messages.clone(), pace, duration)
            };
            let usage = serving.as_ref().map(|serving| Usage::begin(serving.pid()));
            let report = load::run(&plan)?;
            if report.answers == 0 || report.goodput == 0.0 {
                bail!("no answer to {url} was good: {}", numbers::complaint(&report));
            }
            rows.push(HttpFigures::new(report, usage.map(Usage::end), plan.warm_up));
        }
        Ok(rows)
    }
}
