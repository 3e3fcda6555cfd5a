//! Downloads the weights that a model's card names.
//!
//! A file grows under the name `<file>.part` and takes its own name only when it is whole and has the
//! card's fingerprint, so that nothing half-written is ever loaded. What a cut left behind is continued,
//! in the same run or in a later one. The card's author is trusted: unlike the addresses that users send,
//! the card's address may lead anywhere, also through the proxy that the environment names.

mod address;
mod bar;
mod client;
mod error;
mod fingerprint;
mod lock;
mod part;
mod progress;
mod settings;
mod space;
mod transfer;

use std::{fs, fs::File, path::Path};

use reqwest::Client;
use tokio::{runtime::Runtime, time};
use vision::card::ModelCard;

pub(crate) use bar::Bar;
pub use client::Detour;
pub use error::PullError;
pub use fingerprint::Mismatch;
pub use progress::Progress;
pub use settings::Settings;

use lock::Lock;
use part::Part;
use transfer::Transfer;

/// An attempt that brought this much more of the file than any before it is no failure in a row: a big
/// file over a bad line needs patience, not a new command every few cuts.
const WORTHWHILE: u64 = 1 << 20;

/// Downloads weights.
///
/// # Example
///
/// ```no_run
/// use server::pull::{Pull, Settings};
/// use vision::card::ModelCard;
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let card = ModelCard::load("models/vgg".as_ref())?;
/// let outcome = Pull::new(Settings::default())?.weights(&card, &mut ())?;
/// println!("{outcome:?}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Pull {
    settings: Settings,
    client: Client,
    runtime: Runtime,
}

/// How a pull ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The file was there already, and fits what the card says of it.
    Present {
        /// Whether the card has a SHA-256 to compare it with.
        verified: bool,
    },
    /// The file was downloaded.
    Pulled {
        /// Its length.
        bytes: u64,
        /// Whether the card has a SHA-256 to compare it with.
        verified: bool,
    },
}

impl Pull {
    /// Prepares for downloads.
    ///
    /// # Errors
    ///
    /// When the mirror is no web address, or when the client cannot be set up.
    pub fn new(settings: Settings) -> Result<Self, PullError> {
        address::check_mirror(settings.mirror.as_ref())?;
        let client = client::build(&settings)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| PullError::Setup(error.to_string()))?;
        Ok(Self { settings, client, runtime })
    }

    /// Downloads the weights of one model, and returns when they are in place. Weights that are there
    /// are only checked, unless the settings force a download.
    ///
    /// # Errors
    ///
    /// When the file cannot be had or written, or when it is not what the card says. What was there
    /// before is then still there, and nothing new is under the file's own name.
    ///
    /// # Panics
    ///
    /// When called from asynchronous code, because this blocks.
    pub fn weights(
        &self,
        card: &ModelCard,
        progress: &mut dyn Progress,
    ) -> Result<Outcome, PullError> {
        let target = &card.weights.path;
        if self.is_done(card) {
            return present(card, progress);
        }
        let source = address::source(card, self.settings.mirror.as_ref())?;
        let folder = folder(target);
        fs::create_dir_all(folder).map_err(|error| PullError::disk(folder, error))?;
        let _lock = Lock::acquire(target)?;
        // Another pull may have finished between the first look and the lock.
        if self.is_done(card) {
            return present(card, progress);
        }
        let mut transfer = Transfer {
            client: &self.client,
            part: Part::open(target, &source)?,
            source,
            size: card.weights.fingerprint.size,
            patience: self.settings.read_timeout,
            spliced: false,
            progress,
        };
        self.download(&mut transfer)?;
        if let Err(error) = transfer.verify(&card.weights.fingerprint) {
            transfer.part.clear()?;
            if !transfer.spliced {
                return Err(error);
            }
            // Pieces of different pulls may not fit together, for instance after a loss of power, and
            // that is not the address's fault: it gets one chance to send everything anew.
            transfer.spliced = false;
            self.download(&mut transfer)?;
            if let Err(error) = transfer.verify(&card.weights.fingerprint) {
                transfer.part.clear()?;
                return Err(error);
            }
        }
        let bytes = transfer.part.len();
        transfer.part.publish(target)?;
        Ok(Outcome::Pulled { bytes, verified: is_verifiable(card) })
    }

    fn is_done(&self, card: &ModelCard) -> bool {
        !self.settings.force && card.weights_present()
    }

    /// Tries until everything is there, or until trying again is of no use.
    fn download(&self, transfer: &mut Transfer<'_>) -> Result<(), PullError> {
        self.runtime.block_on(async {
            let mut failures = 0;
            let mut most = transfer.part.len();
            loop {
                let Err(error) = transfer.attempt().await else { return Ok(()) };
                let held = transfer.part.len();
                if held >= most.saturating_add(WORTHWHILE) {
                    failures = 0;
                }
                most = most.max(held);
                failures += 1;
                if !error.is_transient() || failures >= self.settings.attempts {
                    return Err(error);
                }
                let wait = self.settings.backoff * (1 << (failures - 1).min(5));
                transfer.progress.interrupted(&error, wait);
                time::sleep(wait).await;
            }
        })
    }
}

/// Checks a file that is there already.
fn present(card: &ModelCard, progress: &mut dyn Progress) -> Result<Outcome, PullError> {
    let path = &card.weights.path;
    progress.verifying();
    let compared = File::open(path)
        .and_then(|mut file| fingerprint::compare(&mut file, &card.weights.fingerprint));
    match compared.map_err(|error| PullError::disk(path, error))? {
        Ok(()) => Ok(Outcome::Present { verified: is_verifiable(card) }),
        Err(mismatch) => Err(PullError::Damaged { path: path.clone(), mismatch }),
    }
}

fn is_verifiable(card: &ModelCard) -> bool {
    card.weights.fingerprint.sha256.is_some()
}

/// The folder that a file is in.
fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
