//! Zip archives as PyTorch and Keras write them: what is large is not compressed.

use std::{
    collections::BTreeMap,
    io::{BufReader, Read},
};

use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::section::Section;
use crate::error::ImportError;

/// Entries that are believed. The largest networks have some thousands.
const MAX_ENTRIES: usize = 65_536;

/// The entries of a zip archive as parts of the file.
#[derive(Debug)]
pub(crate) struct Archive {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug)]
enum Entry {
    Plain(Section),
    /// Compressed by deflate, as PyTorch does it with code.
    Deflated(Section),
    /// Compressed in another way, or encrypted.
    Foreign,
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
            let outside = || bad(format!("`{name}` is not inside of the file"));
            let part = entry
                .data_start()
                .and_then(|start| file.part(start, entry.compressed_size()))
                .ok_or_else(outside)?;
            let entry = match entry.compression() {
                _ if entry.encrypted() => Entry::Foreign,
                CompressionMethod::Stored => Entry::Plain(part),
                CompressionMethod::DEFLATE => Entry::Deflated(part),
                _ => Entry::Foreign,
            };
            if entries.insert(name.clone(), entry).is_some() {
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
            Some(Entry::Plain(part)) => Ok(part),
            Some(_) => Err(ImportError::malformed(
                "zip",
                format!("`{name}` is compressed, which neither PyTorch nor Keras does"),
            )),
            None => Err(ImportError::malformed("zip", format!("`{name}` is missing"))),
        }
    }

    /// The content of an entry that is small, compressed or not.
    pub(crate) fn content(&self, name: &str, most: u64) -> Result<Vec<u8>, ImportError> {
        let bad = |reason: String| ImportError::malformed("zip", format!("`{name}`: {reason}"));
        let (part, deflated) = match self.entries.get(name) {
            Some(Entry::Deflated(part)) => (part, true),
            _ => (self.entry(name)?, false),
        };
        let long = || bad(format!("more than {most} bytes are not read"));
        if part.len() > most {
            return Err(long());
        }
        let bytes = part.read(0, part.len() as usize).map_err(|e| bad(e.to_string()))?;
        if !deflated {
            return Ok(bytes);
        }
        let mut content = Vec::new();
        DeflateDecoder::new(&*bytes)
            .take(most + 1)
            .read_to_end(&mut content)
            .map_err(|e| bad(e.to_string()))?;
        if content.len() as u64 > most { Err(long()) } else { Ok(content) }
    }
}
