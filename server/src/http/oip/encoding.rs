//! Compressed bodies, as clients of the protocol ask for them.

use std::io::{Read, Write};

use app::problem::Problem;
use bytes::Bytes;
use flate2::{
    Compression,
    read::{MultiGzDecoder, ZlibDecoder},
    write::{GzEncoder, ZlibEncoder},
};
use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING},
};

use crate::{oip::MAX_BODY, service::faults};

/// A way to compress that every client of the protocol understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950: what HTTP calls deflate has a header and a sum around it.
    Deflate,
}

impl Coding {
    fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            _ => None,
        }
    }

    /// Its name in headers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    /// Compresses a body.
    pub(super) fn compress(self, body: &[u8]) -> Vec<u8> {
        let level = Compression::fast();
        let compressed = match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(body).and_then(|()| encoder.finish())
            }
            Self::Deflate => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(body).and_then(|()| encoder.finish())
            }
        };
        // Writing into memory does not fail.
        compressed.unwrap_or_default()
    }
}

/// The coding of the answer, if the caller names just that one. Libraries that always say they
/// take several get what is quickest: numbers hardly get shorter.
pub(super) fn wanted(headers: &HeaderMap) -> Option<Coding> {
    Coding::named(headers.get(ACCEPT_ENCODING)?.to_str().ok()?)
}

/// What a body was before it was compressed, up to the size that a body may have.
///
/// # Errors
///
/// When it is in no coding that is known, broken, or too large.
pub(super) fn decompress(coding: Option<&str>, body: Bytes) -> Result<Bytes, Problem> {
    let coding = match coding.map(str::trim) {
        None | Some("" | "identity") => return Ok(body),
        Some(name) => Coding::named(name).ok_or_else(|| {
            Problem::new(
                415,
                "encoding_unsupported",
                "The body cannot be read",
                format!("Bodies come as they are, as gzip or as deflate, not as {name:?}."),
            )
        })?,
    };
    let mut plain = Vec::new();
    let most = MAX_BODY as u64 + 1;
    let read = match coding {
        Coding::Gzip => MultiGzDecoder::new(&body[..]).take(most).read_to_end(&mut plain),
        Coding::Deflate => ZlibDecoder::new(&body[..]).take(most).read_to_end(&mut plain),
    };
    match read {
        Ok(_) if plain.len() > MAX_BODY => Err(faults::upload_too_large(MAX_BODY as u64)),
        Ok(_) => Ok(plain.into()),
        Err(error) => Err(Problem::new(
            400,
            "encoding_broken",
            "The body cannot be read",
            format!("The body is not {}, as its header says: {error}.", coding.name()),
        )),
    }
}

/// Refuses a body that says it is compressed, where none is taken apart. Pictures do not get smaller.
///
/// # Errors
///
/// When it says so.
pub(crate) fn plain(headers: &HeaderMap) -> Result<(), Problem> {
    let codings = headers.get_all(CONTENT_ENCODING).iter();
    let plain = |coding: &HeaderValue| matches!(coding.as_bytes(), b"" | b"identity");
    match codings.into_iter().find(|coding| !plain(coding)) {
        None => Ok(()),
        Some(coding) => Err(Problem::new(
            415,
            "encoding_unsupported",
            "The body cannot be read",
            format!("Bodies come as they are here, not as {coding:?}: leave out Content-Encoding."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_back() {
        for coding in [Coding::Gzip, Coding::Deflate] {
            let body = coding.compress(b"some words, some words");
            let plain = decompress(Some(coding.name()), body.into()).expect("our own");
            assert_eq!(&plain[..], b"some words, some words");
        }
    }

    #[test]
    fn a_bomb_is_cut_off() {
        let bomb = Coding::Gzip.compress(&vec![0; MAX_BODY + 1]);
        assert!(bomb.len() < MAX_BODY / 100);
        assert_eq!(decompress(Some("gzip"), bomb.into()).expect_err("too large").status, 413);
    }

    #[test]
    fn nonsense_is_refused() {
        for (coding, status) in [("gzip", 400), ("deflate", 400), ("br", 415)] {
            let body = Bytes::from_static(b"nonsense");
            assert_eq!(decompress(Some(coding), body).expect_err("nonsense").status, status);
        }
    }

    #[test]
    fn only_a_caller_who_names_one_coding_wants_it() {
        let wants = |value: &'static str| {
            let headers = [(ACCEPT_ENCODING, http::HeaderValue::from_static(value))];
            wanted(&headers.into_iter().collect())
        };
        assert_eq!(wants("gzip"), Some(Coding::Gzip));
        assert_eq!(wants("Deflate"), Some(Coding::Deflate));
        for other in ["gzip, deflate, br", "identity", "br", "*", ""] {
            assert_eq!(wants(other), None, "{other}");
        }
    }
}
