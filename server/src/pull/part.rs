//! The file while it is not whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use url::Url;
use vision::weights::Fingerprint;

use super::{PullError, address, fingerprint, fingerprint::Mismatch, folder};

/// What a part is a part of, noted beside it for the next run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    /// Where it came from, without secrets.
    pub(super) address: String,
    /// `ETag` or `Last-Modified`, as the far end wrote it; without one there is no going on.
    pub(super) validator: Option<String>,
    /// Length of the whole.
    pub(super) total: Option<u64>,
}

/// `<target>.part`, the beginning of a file.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    note: PathBuf,
    // Positioned at its end while it grows.
    file: File,
    len: u64,
    origin: Option<Origin>,
}

impl Part {
    /// Opens what an earlier pull from the same address left, or begins anew.
    pub(super) fn open(target: &Path, source: &Url) -> Result<Self, PullError> {
        let path = beside(target, "part");
        let open = || {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)?;
            let len = file.seek(SeekFrom::End(0))?;
            Ok((file, len))
        };
        let (file, len) = open().map_err(|error| PullError::disk(&path, error))?;
        let note = beside(target, "part.json");
        let origin = fs::read(&note).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let origin = origin.filter(|origin: &Origin| {
            origin.address == address::shown(source)
                && origin.total.is_none_or(|total| len <= total)
        });
        let mut part = Self { path, note, file, len, origin };
        if part.origin.is_none() {
            part.clear()?;
        }
        Ok(part)
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        folder(&self.path)
    }

    /// Bytes that are here.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Whether all is here already, as after a pull that was killed at its very end.
    pub(super) fn is_complete(&self) -> bool {
        self.len > 0 && self.origin.as_ref().is_some_and(|it| it.total == Some(self.len))
    }

    /// What the bytes that are here belong to, if they can be added to.
    pub(super) fn origin(&self) -> Option<(&Origin, &str)> {
        let origin = self.origin.as_ref().filter(|_| self.len > 0)?;
        Some((origin, origin.validator.as_deref()?))
    }

    /// Begins anew with a file of this origin.
    pub(super) fn begin(&mut self, origin: Origin) -> Result<(), PullError> {
        self.clear()?;
        // Before the first byte, so that there are never bytes of unknown origin.
        fs::write(&self.note, serde_json::to_vec(&origin).unwrap_or_default())
            .map_err(|error| PullError::disk(&self.note, error))?;
        self.origin = Some(origin);
        Ok(())
    }

    /// Adds bytes at the end.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), PullError> {
        self.file.write_all(bytes).map_err(|error| PullError::disk(&self.path, error))?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) -> Result<(), PullError> {
        let clear = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()
        };
        clear(&mut self.file).map_err(|error| PullError::disk(&self.path, error))?;
        self.len = 0;
        self.origin = None;
        remove(&self.note).map_err(|error| PullError::disk(&self.note, error))
    }

    /// Whether the file begins as web pages do. A file of weights begins with a length, and one that
    /// read like this would be absurd.
    pub(super) fn is_page(&mut self) -> Result<bool, PullError> {
        let mut head = Vec::new();
        let mut read = || {
            self.file.rewind()?;
            (&mut self.file).take(512).read_to_end(&mut head)
        };
        read().map_err(|error| PullError::disk(&self.path, error))?;
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let head = head.trim_start_matches('\u{feff}').trim_start();
        Ok(["<!doctype", "<html", "<head", "<?xml", "<!--"].iter().any(|it| head.starts_with(it)))
    }

    /// Compares the file with what is known of it.
    pub(super) fn compare(
        &mut self,
        known: &Fingerprint,
    ) -> Result<Result<(), Mismatch>, PullError> {
        fingerprint::compare(&mut self.file, known)
            .map_err(|error| PullError::disk(&self.path, error))
    }

    /// Gives the file its own name, for good: it and its name survive a loss of power.
    pub(super) fn publish(self, target: &Path) -> Result<(), PullError> {
        let publish = || {
            self.file.sync_all()?;
            fs::rename(&self.path, target)?;
            remove(&self.note)?;
            File::open(folder(target))?.sync_all()
        };
        publish().map_err(|error| PullError::disk(target, error))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Nothing to go on from, so nothing to leave behind.
        if self.len == 0 {
            let _ = fs::remove_file(&self.path);
            let _ = fs::remove_file(&self.note);
        }
    }
}

/// The name of a file with something added, in the same folder and so on the same disk.
pub(super) fn beside(target: &Path, extension: &str) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
