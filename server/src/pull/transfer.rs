//! One request after another, until the part is the whole.

use std::time::Duration;

use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_RANGE, LAST_MODIFIED, RANGE},
};
use url::Url;
use vision::weights::Fingerprint;

use super::{
    Mismatch, Progress, PullError, address, client,
    part::{Origin, Part},
    space,
};

/// A download under way.
pub(super) struct Transfer<'a> {
    pub(super) client: &'a Client,
    pub(super) source: Url,
    pub(super) part: Part,
    /// Length of the file, by the card.
    pub(super) size: Option<u64>,
    /// How long the far end may be silent.
    pub(super) patience: Duration,
    /// Whether the part was put together from several answers.
    pub(super) spliced: bool,
    pub(super) progress: &'a mut dyn Progress,
}

impl Transfer<'_> {
    /// Asks for what is missing and takes what comes. What came before a failure is kept.
    pub(super) async fn attempt(&mut self) -> Result<(), PullError> {
        if self.part.is_complete() {
            self.spliced = true;
            return Ok(());
        }
        let mut response = self.ask().await?;
        if self.is_useless(&response) {
            self.part.clear()?;
            response = self.ask().await?;
        }
        let total = self.accept(&response)?;
        let host = address::host(response.url());
        self.progress.started(self.part.len(), total, &host);
        loop {
            let chunk = response.chunk().await.map_err(|error| self.failure(&error))?;
            let Some(chunk) = chunk else { break };
            let found = self.part.len() + chunk.len() as u64;
            // Of a file without an end, no more than its first surplus piece is read.
            if let Some(expected) = total.or(self.size).filter(|&expected| found > expected) {
                self.part.clear()?;
                return Err(self.wrong(Mismatch::Size { expected, found }));
            }
            self.part.append(&chunk)?;
            self.progress.advanced(chunk.len() as u64);
        }
        let held = self.part.len();
        if held == 0 || total.is_some_and(|total| held < total) {
            return Err(PullError::Cut { host, reason: "not all of the file came".to_owned() });
        }
        Ok(())
    }

    /// Whether what came is what the card names.
    pub(super) fn verify(&mut self, known: &Fingerprint) -> Result<(), PullError> {
        self.progress.verifying();
        if self.part.is_page()? {
            return Err(self.page());
        }
        self.part.compare(known)?.map_err(|mismatch| self.wrong(mismatch))
    }

    async fn ask(&self) -> Result<Response, PullError> {
        let mut request = self.client.get(self.source.clone());
        if let Some((_, validator)) = self.part.origin() {
            // "The rest if it is still the same file, else all of it."
            request = request
                .header(RANGE, format!("bytes={}-", self.part.len()))
                .header(IF_RANGE, validator);
        }
        request.send().await.map_err(|error| self.failure(&error))
    }

    /// Whether an answer has nothing that could be added to the part: it is beyond the end of the file,
    /// or another piece than was asked for, or a piece of another file.
    fn is_useless(&self, response: &Response) -> bool {
        let Some((origin, validator)) = self.part.origin() else { return false };
        match response.status() {
            StatusCode::RANGE_NOT_SATISFIABLE => true,
            StatusCode::PARTIAL_CONTENT => {
                let continues = range(response).is_some_and(|(start, total)| {
                    start == self.part.len() && (origin.total.is_none() || total == origin.total)
                });
                // Some servers know `Range` but not `If-Range`.
                !continues || self::validator(response).is_some_and(|it| it != validator)
            }
            _ => false,
        }
    }

    /// Prepares the part for the body of an answer. Returns the length of the whole, if it is known.
    fn accept(&mut self, response: &Response) -> Result<Option<u64>, PullError> {
        let status = response.status();
        let piece = status == StatusCode::PARTIAL_CONTENT && self.part.origin().is_some();
        if status != StatusCode::OK && !piece {
            let address = address::shown(&self.source);
            return Err(PullError::Status { address, status: status.as_u16() });
        }
        if header(response, CONTENT_TYPE)
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
        {
            return Err(self.page());
        }
        let total =
            if piece { range(response).and_then(|it| it.1) } else { response.content_length() };
        if let (Some(expected), Some(found)) = (self.size, total)
            && expected != found
        {
            return Err(self.wrong(Mismatch::Size { expected, found }));
        }
        if piece {
            self.spliced = true;
        } else {
            self.part.begin(Origin {
                address: address::shown(&self.source),
                validator: validator(response).map(str::to_owned),
                total,
            })?;
            self.spliced = false;
        }
        let missing = total.or(self.size).unwrap_or(0).saturating_sub(self.part.len());
        space::check(self.part.folder(), missing)?;
        Ok(total)
    }

    fn failure(&self, error: &reqwest::Error) -> PullError {
        client::failure(error, &self.source, self.patience)
    }

    fn page(&self) -> PullError {
        PullError::WebPage { address: address::shown(&self.source) }
    }

    fn wrong(&self, mismatch: Mismatch) -> PullError {
        PullError::Wrong { address: address::shown(&self.source), mismatch }
    }
}

fn header(response: &Response, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

/// What tells this version of a file from others, byte for byte: a weak tag does not.
fn validator(response: &Response) -> Option<&str> {
    header(response, ETAG)
        .filter(|tag| !tag.starts_with("W/"))
        .or_else(|| header(response, LAST_MODIFIED))
}

/// Where a piece begins, and the length of the whole: `bytes 5-9/10`, or `*` for a length that is not known.
fn range(response: &Response) -> Option<(u64, Option<u64>)> {
    let (piece, total) =
        header(response, CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
    let start = piece.split_once('-')?.0.parse().ok()?;
    Some((start, total.parse().ok()))
}
