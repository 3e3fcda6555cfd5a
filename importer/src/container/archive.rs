//! Zip archives whose entries are not compressed, as PyTorch and Keras write them.

use std::{collections::BTreeMap, io::BufReader};

use zip::{CompressionMethod, ZipArchive};

use super::section::Section;
use crate::error::ImportError;

/// Entries that are believed. The largest networks have some thousands.
const MAX_ENTRIES: usize = 65_536;

/// The entries of a zip archive as parts of the file.
#[derive(Debug)]
pub(crate) struct Archive {
    /// `None` for an entry that is compressed or encrypted.
    entries: BTreeMap<String, Option<Section>>,
}

impl Archive {
    /// Reads the directory of an archive.
    pub(crate) fn open(file: &Section) -> Result<Self, ImportError> {
        let bad = |reason: String| ImportError::malformed("zip", reason);
        let mut zip =
            ZipArchive::new(BufReader::new(file.file())).map_err(|e| bad(e.to_string()))?;
        if zip.len() > MAX_ENTRIES {
            return Err(bad(format!("it has {} entries", zip.len())));
        }
        let mut entries = BTreeMap::new();
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(|e| bad(e.to_string()))?;
            let name = entry.name().map_err(|e| bad(e.to_string()))?.into_owned();
            let plain = entry.compression() == CompressionMethod::Stored && !entry.encrypted();
            let part = match entry.data_start() {
                Some(start) if plain && entry.size() == entry.compressed_size() => Some(
                    file.part(start, entry.size())
                        .ok_or_else(|| bad(format!("`{name}` is not inside of the file")))?,
                ),
                _ => None,
            };
            if entries.insert(name.clone(), part).is_some() {
                return Err(bad(format!("`{name}` is there twice")));
            }
        }
        Ok(Self { entries })
    }

    /// Names of the entries, in alphabetical order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// An entry that must be there and not be compressed.
    pub(crate) fn entry(&self, name: &str) -> Result<&Section, ImportError> {
        match self.entries.get(name) {
            Some(Some(part)) => Ok(part),
            Some(None) => Err(ImportError::malformed(
                "zip",
                format!("`{name}` is compressed, which neither PyTorch nor Keras does"),
            )),
            None => Err(ImportError::malformed("zip", format!("`{name}` is missing"))),
        }
    }

    /// The content of an entry that is small.
    pub(crate) fn content(&self, name: &str, most: u64) -> Result<Vec<u8>, ImportError> {
        let part = self.entry(name)?;
        if part.len() > most {
            let reason = format!("`{name}` has {} bytes, and more than {most} are not read", part.len());
            return Err(ImportError::malformed("zip", reason));
        }
        part.read(0, part.len() as usize)
            .map_err(|e| ImportError::malformed("zip", format!("`{name}`: {e}")))
    }
}
