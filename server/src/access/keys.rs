//! Keys of programs.
//!
//! A key is 256 random bits, so the file holds its plain SHA-256: there is nothing to guess, which
//! is what slow hashes with salt protect weak passwords from. Whoever reads the file cannot ask
//! with what stands in it.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use app::problem::Problem;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header::AUTHORIZATION};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Rate;

/// What every key begins with, so that one that has leaked is known for what it is.
const PREFIX: &str = "vitrine_";

/// One key, without the key itself.
#[derive(Clone)]
pub struct Key {
    /// Whose it is. This is what logs say.
    pub name: String,
    digest: [u8; 32],
    /// How often it may be used; `None` for as often as everybody.
    pub rate: Option<Rate>,
    /// Whether it opens the admin listener.
    pub admin: bool,
    /// Whether it is refused.
    pub disabled: bool,
}

/// The keys of a file, which can be read again.
#[derive(Debug)]
pub struct KeyRing {
    file: PathBuf,
    keys: RwLock<Vec<Arc<Key>>>,
}

/// Why a file of keys is no good.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read.
    #[error("cannot read the keys in {}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not formed as it must be. The text of the parser is left out, as it quotes the file.
    #[error(
        "{} is no list of keys (line {line}): each is a [[key]] with name and sha256, and perhaps \
         rate, admin and disabled",
        file.display()
    )]
    Form {
        /// The file.
        file: PathBuf,
        /// Where.
        line: usize,
    },
    /// One of the keys makes no sense.
    #[error("the key {name:?} in {}: {reason}", file.display())]
    Entry {
        /// The file.
        file: PathBuf,
        /// Whose.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    key: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    sha256: String,
    rate: Option<String>,
    #[serde(default)]
    admin: bool,
    #[serde(default)]
    disabled: bool,
}

/// A new key.
///
/// # Errors
///
/// When the system has no random bits.
pub fn generate() -> io::Result<String> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(io::Error::other)?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bits)))
}

/// What to put into the file for a key.
pub fn entry(name: &str, key: &str) -> String {
    let hex: String = digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("[[key]]\nname = {name:?}\nsha256 = \"{hex}\"\n")
}

/// The key that a request brings, if any.
pub(super) fn presented(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| {
        let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    bearer.or_else(|| headers.get("x-api-key")?.to_str().ok().map(str::trim))
}

impl KeyRing {
    /// Reads the keys.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or makes no sense.
    pub fn read(file: &Path) -> Result<Self, KeyError> {
        Ok(Self { file: file.to_owned(), keys: RwLock::new(read(file)?) })
    }

    /// Reads the file again and gives the number of keys. When it is no good, the old keys stay.
    ///
    /// # Errors
    ///
    /// As [`KeyRing::read`].
    pub fn reload(&self) -> Result<usize, KeyError> {
        let keys = read(&self.file)?;
        let count = keys.len();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(count)
    }

    /// Whether any of the keys opens the admin listener.
    pub fn has_admin(&self) -> bool {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().any(|key| key.admin && !key.disabled)
    }

    /// The key that a request brings.
    ///
    /// # Errors
    ///
    /// 401 when it brings none that is known, 403 when that one is disabled.
    pub fn admit(&self, headers: &HeaderMap) -> Result<Arc<Key>, Problem> {
        let Some(presented) = presented(headers) else {
            let detail = "Send your key as `Authorization: Bearer KEY` or as `X-Api-Key: KEY`.";
            return Err(Problem::new(401, "key_missing", "A key is needed", detail));
        };
        let Some(key) = self.find(presented) else {
            let detail = "It is not one of the keys of this server, or not any more.";
            return Err(Problem::new(401, "key_unknown", "The key is not known", detail));
        };
        if key.disabled {
            let detail = "Whoever runs this server has switched it off.";
            return Err(Problem::new(403, "key_disabled", "The key is disabled", detail));
        }
        Ok(key)
    }

    /// Compares with all keys to the end and in constant time, so that how long it takes says
    /// nothing about which of them is near.
    fn find(&self, presented: &str) -> Option<Arc<Key>> {
        let digest = digest(presented);
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        for key in keys.iter() {
            if bool::from(key.digest.ct_eq(&digest)) {
                found = Some(Arc::clone(key));
            }
        }
        found
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("name", &self.name).finish_non_exhaustive()
    }
}

fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

fn read(file: &Path) -> Result<Vec<Arc<Key>>, KeyError> {
    let text = fs::read_to_string(file)
        .map_err(|source| KeyError::File { file: file.to_owned(), source })?;
    let lines: File = toml::from_str(&text).map_err(|error| {
        let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
        KeyError::Form { file: file.to_owned(), line: before.matches('\n').count() + 1 }
    })?;
    let mut keys: Vec<Arc<Key>> = Vec::new();
    for line in lines.key {
        let wrong = |reason: String| KeyError::Entry {
            file: file.to_owned(),
            name: line.name.clone(),
            reason,
        };
        if line.name.is_empty() || line.name.chars().any(char::is_control) {
            return Err(wrong("it needs a name that can be printed".to_owned()));
        }
        if keys.iter().any(|key| key.name == line.name) {
            return Err(wrong("there are two of this name".to_owned()));
        }
        let digest = from_hex(&line.sha256)
            .ok_or_else(|| wrong("its sha256 is not 64 hexadecimal digits".to_owned()))?;
        let rate = line.rate.as_deref().map(str::parse).transpose();
        let rate = rate.map_err(|error: super::RateError| wrong(error.to_string()))?;
        let Line { name, admin, disabled, .. } = line;
        keys.push(Arc::new(Key { name, digest, rate, admin, disabled }));
    }
    Ok(keys)
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut digest = [0; 32];
    for (i, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(digest)
}
