//! Options that several commands share.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf, time::Duration};

use anyhow::Context;
use clap::{Args, builder::FalseyValueParser, value_parser};
use url::Url;
use vision::compute::{Compute, DeviceChoice, PrecisionChoice};

use crate::{
    catalogue::Catalogue,
    fetch::{Allow, FetchMode, FetchPolicy, Fetcher},
    pull::Settings,
};

/// Where the models are.
#[derive(Debug, Clone, Args)]
pub struct FolderOptions {
    /// Folder with the models: one folder each, with a model.toml in it
    #[arg(long, env = "VITRINE_MODELS", value_name = "DIR", default_value = "models")]
    pub models: PathBuf,
}

/// Where the models are and how they compute.
#[derive(Debug, Clone, Args)]
pub struct ModelOptions {
    /// Where they are.
    #[command(flatten)]
    pub folder: FolderOptions,
    /// Threads that a network computes with [default: the cores this process may use]
    #[arg(long, env = "VITRINE_THREADS", value_name = "N",
        value_parser = value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// What networks compute on: auto, cpu, or cuda:N
    #[arg(long, env = "VITRINE_DEVICE", value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Numbers that networks compute with: f32, bf16 (half the memory, a little less accurate), f16
    /// on cuda, or auto for the fastest that the machine has
    #[arg(long, env = "VITRINE_PRECISION", value_name = "KIND", default_value = "auto")]
    pub precision: PrecisionChoice,
    /// Answer 503 for a model without weights, even if its card names a fallback
    #[arg(long, env = "VITRINE_NO_FALLBACK", value_parser = FalseyValueParser::new())]
    pub no_fallback: bool,
    /// Decode every JPEG at its full size, to compare numbers with Python's: one that shrinks six times
    /// or more for the network is decoded at half or quarter scale otherwise
    #[arg(long, env = "VITRINE_FULL_DECODE", value_parser = FalseyValueParser::new())]
    pub full_decode: bool,
}

/// Where weights are downloaded from.
#[derive(Debug, Clone, Args)]
pub struct MirrorOptions {
    /// Download weights from here: takes the place of the scheme and the host of a card's address
    #[arg(long, env = "VITRINE_MIRROR", value_name = "URL")]
    pub mirror: Option<Url>,
}

/// What may be fetched, and how much.
#[derive(Debug, Clone, Args)]
pub struct FetchOptions {
    /// Whether pictures are fetched by address: from anywhere public, from the hosts of
    /// --fetch-allow alone, or not at all
    #[arg(long, env = "VITRINE_FETCH", value_name = "MODE", value_enum, default_value = "public")]
    pub fetch: FetchMode,
    /// Host, address or network (CIDR) to fetch from although it is not public; can be repeated
    #[arg(long, env = "VITRINE_FETCH_ALLOW", value_name = "HOST-or-CIDR", value_delimiter = ',')]
    pub fetch_allow: Vec<Allow>,
    /// How long fetching a picture may take, in seconds
    #[arg(long, env = "VITRINE_FETCH_TIMEOUT", value_name = "SECONDS", default_value_t = 10,
        value_parser = value_parser!(u64).range(1..=3600))]
    pub fetch_timeout: u64,
    /// Largest picture that is taken, in bytes, sent or fetched
    #[arg(long, env = "VITRINE_MAX_UPLOAD", value_name = "BYTES", default_value_t = 20 * 1024 * 1024,
        value_parser = value_parser!(u64).range(1..=1 << 30))]
    pub max_upload: u64,
}

impl FolderOptions {
    /// Reads the models.
    ///
    /// # Errors
    ///
    /// When the folder or a card cannot be read.
    pub fn catalogue(&self) -> anyhow::Result<Catalogue> {
        Ok(Catalogue::read(&self.models)?)
    }
}

impl MirrorOptions {
    /// How to download.
    pub fn settings(&self) -> Settings {
        Settings { mirror: self.mirror.clone(), ..Settings::default() }
    }
}

impl ModelOptions {
    /// Reads the models.
    ///
    /// # Errors
    ///
    /// When the folder or a card cannot be read.
    pub fn catalogue(&self) -> anyhow::Result<Catalogue> {
        self.folder.catalogue()
    }

    /// What networks compute on. The default number of threads obeys a container's quota.
    ///
    /// # Errors
    ///
    /// When the machine does not have what is asked for.
    pub fn compute(&self) -> anyhow::Result<Compute> {
        let threads = self.threads.map_or_else(num_cpus::get, usize::from);
        let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
        let compute = Compute::decide(self.device, self.precision, threads)?;
        tracing::info!(%threads, "networks compute in {compute}");
        Ok(compute)
    }
}

impl FetchOptions {
    /// A fetcher that obeys these options, and does not fetch from our own addresses.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up, or when a limit is zero.
    pub fn fetcher(&self, own: impl IntoIterator<Item = SocketAddr>) -> anyhow::Result<Fetcher> {
        let policy = FetchPolicy {
            mode: self.fetch,
            allow: self.fetch_allow.clone(),
            max_bytes: self.max_upload,
            timeout: Duration::from_secs(self.fetch_timeout),
            deny: own.into_iter().collect(),
            ..FetchPolicy::default()
        };
        Fetcher::new(policy).context("cannot set up fetching")
    }
}
