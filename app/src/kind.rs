//! What a file is by its first bytes, so that one that cannot be classified is not sent.

use crate::{format, problem::Problem, texts::refusal as texts};

/// How many bytes from the start tell the kinds apart.
pub(crate) const HEAD: u32 = 512;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One of those that the server decodes.
    Picture,
    /// A picture that it does not decode, by name.
    Foreign(&'static str),
    /// Recognised as no picture, by name.
    Other(&'static str),
    /// Nothing that is known. Whether it is a picture is for the server to say.
    Unknown,
}

impl Kind {
    /// The kind of a file that begins with these bytes.
    pub(crate) fn of(head: &[u8]) -> Self {
        let at = |offset: usize, magic: &[u8]| {
            head.get(offset..).is_some_and(|rest| rest.starts_with(magic))
        };
        let starts = |magic: &[u8]| at(0, magic);
        if starts(b"\xff\xd8\xff")
            || starts(b"\x89PNG\r\n\x1a\n")
            || starts(b"GIF8")
            || starts(b"BM")
            || (starts(b"RIFF") && at(8, b"WEBP"))
        {
            return Self::Picture;
        }
        if at(4, b"ftyp") {
            return Self::boxed(head.get(8..12).unwrap_or_default());
        }
        if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
            return Self::Foreign("TIFF");
        }
        if starts(b"\xff\x0a") || starts(b"\0\0\0\x0cJXL ") {
            return Self::Foreign("JPEG XL");
        }
        if starts(b"\0\0\0\x0cjP  ") || starts(b"\xff\x4f\xff\x51") {
            return Self::Foreign("JPEG 2000");
        }
        if starts(b"8BPS") {
            return Self::Foreign("Photoshop");
        }
        if starts(b"\0\0\x01\0") {
            return Self::Foreign("ICO");
        }
        if starts(b"%PDF") {
            return Self::Other("PDF");
        }
        if starts(b"PK\x03\x04") {
            return Self::Other("ZIP");
        }
        if starts(b"\x1a\x45\xdf\xa3") {
            return Self::Other("video");
        }
        Self::written(head)
    }

    /// By the brand of an ISO base media file.
    fn boxed(brand: &[u8]) -> Self {
        match brand {
            b"avif" | b"avis" => Self::Foreign("AVIF"),
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => {
                Self::Foreign("HEIC")
            }
            b"crx " => Self::Foreign("raw"),
            _ => Self::Other("video"),
        }
    }

    /// By what it says, if it is a text.
    fn written(head: &[u8]) -> Self {
        let text = String::from_utf8_lossy(head).to_ascii_lowercase();
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg")) {
            Self::Foreign("SVG")
        } else if text.starts_with("<!doctype html") || text.starts_with("<html") {
            Self::Other("web page")
        } else {
            Self::Unknown
        }
    }
}

/// Why a file of this size with this beginning need not be sent; `None` if it may be.
pub(crate) fn refuse(head: &[u8], size: u64, limit: u64) -> Option<Problem> {
    if size == 0 {
        return Some(Problem::new(400, "empty_file", texts::EMPTY, texts::EMPTY_HELP));
    }
    let wrong = |title: String, detail| Some(Problem::new(415, "wrong_kind", &title, detail));
    match Kind::of(head) {
        Kind::Foreign(name @ "SVG") => wrong(texts::foreign(name), texts::FOREIGN_SVG.to_owned()),
        Kind::Foreign(name @ "HEIC") => wrong(texts::foreign(name), texts::FOREIGN_HEIC.to_owned()),
        Kind::Foreign(name) => wrong(texts::foreign(name), texts::FOREIGN_HELP.to_owned()),
        Kind::Other(name) => wrong(texts::other(name), texts::OTHER_HELP.to_owned()),
        Kind::Picture | Kind::Unknown if size > limit => Some(Problem::new(
            413,
            "picture_too_large",
            texts::TOO_LARGE,
            texts::too_large(&format::size(size), &format::size(limit)),
        )),
        Kind::Picture | Kind::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_kinds_apart_by_their_first_bytes() {
        for (head, kind) in [
            (&b"\xff\xd8\xff\xe0"[..], Kind::Picture),
            (b"\x89PNG\r\n\x1a\n\0\0", Kind::Picture),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Kind::Picture),
            (b"GIF89a", Kind::Picture),
            (b"BM\x10\0", Kind::Picture),
            (b"RIFF\x10\0\0\0WAVE", Kind::Unknown),
            (b"\0\0\0\x18ftypheic\0\0", Kind::Foreign("HEIC")),
            (b"\0\0\0\x18ftypmif1\0\0", Kind::Foreign("HEIC")),
            (b"\0\0\0\x18ftypavif\0\0", Kind::Foreign("AVIF")),
            (b"\0\0\0\x18ftypisom\0\0", Kind::Other("video")),
            (b"II*\0\x08\0", Kind::Foreign("TIFF")),
            (b"\xef\xbb\xbf <?xml version='1.0'?><!-- --><svg/>", Kind::Foreign("SVG")),
            (b"<SVG xmlns=", Kind::Foreign("SVG")),
            (b"%PDF-1.7", Kind::Other("PDF")),
            (b"<!DOCTYPE html>", Kind::Other("web page")),
            (b"hello", Kind::Unknown),
            (b"", Kind::Unknown),
        ] {
            assert_eq!(Kind::of(head), kind, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn refuses_with_the_reason_that_helps_most() {
        let code = |head: &[u8], size| refuse(head, size, 1000).map(|it| it.code);
        assert_eq!(code(b"", 0).as_deref(), Some("empty_file"));
        assert_eq!(code(b"\xff\xd8\xff", 1001).as_deref(), Some("picture_too_large"));
        assert_eq!(code(b"\0\0\0\x18ftypheic", 1001).as_deref(), Some("wrong_kind"));
        assert_eq!(code(b"\xff\xd8\xff", 1000), None);
        assert_eq!(code(b"who knows", 10), None);
    }
}
