//! What the first bytes and the blocks of a file say, without any decoder.

use std::fmt;

use image::ImageFormat;

/// A format that can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG, also animated.
    Png,
    /// WebP, lossy, lossless or animated.
    WebP,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
}

/// What bytes are that cannot be decoded. Displayed as a sentence that says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignFormat {
    /// HEIC or HEIF, the default of some telephones.
    Heic,
    /// AVIF.
    Avif,
    /// JPEG XL.
    JpegXl,
    /// SVG, which has no pixels.
    Svg,
    /// TIFF, also most raw formats of cameras.
    Tiff,
    /// A PDF document.
    Pdf,
    /// A web page.
    Html,
    /// Text of another kind.
    Text,
    /// Nothing that is known here.
    Other,
}

impl fmt::Display for PictureFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
        })
    }
}

impl fmt::Display for ForeignFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Heic => {
                "this is a HEIC photograph: export it as JPEG, or let the camera save \
                 \"most compatible\""
            }
            Self::Avif => "this is an AVIF picture: save it as JPEG, PNG or WebP",
            Self::JpegXl => "this is a JPEG XL picture: save it as JPEG, PNG or WebP",
            Self::Svg => "this is an SVG drawing, which has no pixels: export it as PNG",
            Self::Tiff => "this is a TIFF or raw picture: export it as JPEG or PNG",
            Self::Pdf => "this is a PDF document: export the picture in it as JPEG or PNG",
            Self::Html => {
                "this is a web page, not a picture: give the address of the picture itself"
            }
            Self::Text => "this is text, not a picture",
            Self::Other => "this is not a JPEG, PNG, WebP, GIF or BMP picture",
        })
    }
}

impl From<PictureFormat> for ImageFormat {
    fn from(format: PictureFormat) -> Self {
        match format {
            PictureFormat::Jpeg => Self::Jpeg,
            PictureFormat::Png => Self::Png,
            PictureFormat::WebP => Self::WebP,
            PictureFormat::Gif => Self::Gif,
            PictureFormat::Bmp => Self::Bmp,
        }
    }
}

/// Tells the format by the signature.
pub(super) fn format(bytes: &[u8]) -> Result<PictureFormat, ForeignFormat> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Ok(PictureFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(PictureFormat::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(PictureFormat::WebP),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(PictureFormat::Gif),
        // Two letters begin many a text; a bitmap has reserved zeros at bytes 6 to 9.
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Ok(PictureFormat::Bmp),
        _ => Err(foreign(bytes)),
    }
}

/// Whether a file has more pictures than the first.
pub(super) fn is_animated(format: PictureFormat, bytes: &[u8]) -> bool {
    match format {
        PictureFormat::Jpeg | PictureFormat::Bmp => false,
        PictureFormat::Png => is_animated_png(bytes).unwrap_or(false),
        // Bit 1 of the flags of the extended header.
        PictureFormat::WebP => {
            bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0)
        }
        PictureFormat::Gif => has_second_frame(bytes).unwrap_or(false),
    }
}

/// An animated PNG has a control chunk before its pixels.
fn is_animated_png(bytes: &[u8]) -> Option<bool> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = u32::from_be_bytes(*rest.first_chunk()?);
        match rest.get(4..8)? {
            b"acTL" => return Some(true),
            b"IDAT" => return Some(false),
            // Length, name and checksum take four bytes each.
            _ => rest = rest.get(usize::try_from(length).ok()?.checked_add(12)?..)?,
        }
    }
}

/// Goes through the blocks of a GIF until it meets a second image.
fn has_second_frame(bytes: &[u8]) -> Option<bool> {
    // A packed field says whether a table of 2^(n+1) colours follows.
    let table = |packed: u8| if packed & 0x80 != 0 { 3 << ((packed & 7) + 1) } else { 0 };
    let mut position = 13 + table(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        match *bytes.get(position)? {
            b',' => {
                frames += 1;
                if frames == 2 {
                    return Some(true);
                }
                // Descriptor, table and the size of the first code.
                position += 10 + table(*bytes.get(position + 9)?) + 1;
            }
            b'!' => position += 2,
            _ => return Some(false),
        }
        // Data come in blocks of at most 255 bytes; an empty one ends them.
        loop {
            let length = usize::from(*bytes.get(position)?);
            position += 1 + length;
            if length == 0 {
                break;
            }
        }
    }
}

/// Names what was sent instead of a picture, so that the sender learns what to do.
fn foreign(bytes: &[u8]) -> ForeignFormat {
    match bytes {
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.get(..4) {
            Some(b"avif" | b"avis") => ForeignFormat::Avif,
            Some(b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1") => {
                ForeignFormat::Heic
            }
            _ => ForeignFormat::Other,
        },
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => ForeignFormat::Tiff,
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => ForeignFormat::JpegXl,
        [b'%', b'P', b'D', b'F', ..] => ForeignFormat::Pdf,
        _ => foreign_text(bytes),
    }
}

/// Tells kinds of text apart by their beginning.
fn foreign_text(bytes: &[u8]) -> ForeignFormat {
    let beginning = &bytes[..bytes.len().min(1024)];
    // A character may be cut at the end.
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return ForeignFormat::Other,
    };
    if text.is_empty() || text.contains(|c: char| c.is_control() && !c.is_whitespace()) {
        return ForeignFormat::Other;
    }
    let text = text.to_ascii_lowercase();
    if text.contains("<!doctype html") || text.contains("<html") || text.contains("<head") {
        ForeignFormat::Html
    } else if text.contains("<svg") {
        ForeignFormat::Svg
    } else {
        ForeignFormat::Text
    }
}
