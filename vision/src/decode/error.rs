//! Why a picture was not decoded.

use image::ImageError;
use thiserror::Error;

use super::ForeignFormat;

/// Why a picture was not decoded. The messages are for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// There are no bytes.
    #[error("there are no bytes in it: send those of a picture")]
    Empty,
    /// The bytes are not of a format that can be read.
    #[error("{0}")]
    UnknownFormat(ForeignFormat),
    /// The picture has too many pixels, or a side that is too long.
    #[error(
        "the picture is {width} x {height} pixels; the limit is {max_side} on a side and \
         {max_pixels} in all: send a smaller copy"
    )]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The longest side admitted.
        max_side: u32,
        /// The most pixels admitted.
        max_pixels: u64,
    },
    /// The pixels are few enough but each takes much memory, such as 16 bits per channel.
    #[error(
        "the picture needs {bytes} bytes of memory; the limit is {limit}: send it with 8 bits per channel"
    )]
    TooMuchMemory {
        /// Bytes that the decoder asks for.
        bytes: u64,
        /// The most bytes admitted.
        limit: u64,
    },
    /// A JPEG with so many scans that it can only be meant to keep the server busy.
    #[error("the JPEG has more than {limit} scans: save it anew")]
    TooManyScans {
        /// The most scans admitted.
        limit: usize,
    },
    /// The format is known, but the content breaks its rules.
    #[error("the picture is damaged: {reason}")]
    Damaged {
        /// What the decoder says.
        reason: String,
    },
    /// The decoder panicked.
    #[error("the picture is damaged in a way that the decoder did not expect")]
    Panicked,
}

impl DecodeError {
    /// The error of a decoder. What exceeds a limit inside of it is metadata, not pixels.
    pub(super) fn damaged(error: ImageError) -> Self {
        let reason = match error {
            ImageError::Limits(_) => "its metadata take too much memory".to_owned(),
            ImageError::Unsupported(error) => format!("unsupported: {error}"),
            other => other.to_string(),
        };
        Self::Damaged { reason }
    }
}
