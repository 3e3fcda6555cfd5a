//! What must be known of a JPEG before a decoder sees it.

use std::iter;

use memchr::{memchr_iter, memmem};

use crate::decode::DecodeError;

/// Offset of the first segment, after the start of image.
pub(super) const START: usize = 2;

const RESTART: std::ops::RangeInclusive<u8> = 0xD0..=0xD7;
const START_OF_IMAGE: u8 = 0xD8;
pub(super) const END_OF_IMAGE: u8 = 0xD9;
pub(super) const START_OF_SCAN: u8 = 0xDA;

/// Refuses a JPEG with too many scans, or one that ends before its picture does.
///
/// A few bytes make a scan that costs a pass over all pixels, so a small file can burn seconds
/// ("Two Issues with the JPEG Standard", libjpeg-turbo, LJT-01-004). The decoder would fill a file
/// that was cut in transfer with grey and say nothing, and grey would be classified.
///
/// # Errors
///
/// [`DecodeError::TooManyScans`] and [`DecodeError::Damaged`].
pub(in crate::decode) fn check(bytes: &[u8], max_scans: usize) -> Result<(), DecodeError> {
    let Some(Layout { first_scan, end }) = layout(bytes) else {
        return Err(DecodeError::Damaged { reason: "the file ends before the picture".to_owned() });
    };
    // From the first scan on every pair of bytes counts, also inside of segments: a decoder that
    // finds its way otherwise than this module must not find more scans either. Before it there
    // are metadata, where the pair occurs by chance and in thumbnails. They count, too, where something
    // is between two segments that a decoder may take for one.
    let scans = memmem::find_iter(&bytes[first_scan..end], &[0xFF, START_OF_SCAN]);
    if scans.count() > max_scans {
        return Err(DecodeError::TooManyScans { limit: max_scans });
    }
    Ok(())
}

/// Width and height in pixels as the first frame says, without a look at what follows; `None` when there is
/// none before the first scan.
pub(in crate::decode) fn sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let (at, marker) = segments(bytes).find(|(_, it)| is_frame(*it) || *it == START_OF_SCAN)?;
    // After the marker, the length and the bits of a sample.
    let sides = bytes.get(at + 5..at + 9).filter(|_| is_frame(marker))?;
    let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
    Some((side(sides[2], sides[3]), side(sides[0], sides[1])))
}

/// Where the pixels of a JPEG lie in the file.
struct Layout {
    /// Offset of the first scan's marker, or of the first byte that is in no segment before it.
    first_scan: usize,
    /// Offset of the marker that ends the picture. What follows, such as the film of a "motion
    /// photo", is not looked at.
    end: usize,
}

/// Finds the first scan and the end of a JPEG; `None` when the file ends before the picture does.
fn layout(bytes: &[u8]) -> Option<Layout> {
    let (mut first_scan, mut next) = (None, START);
    for (position, marker) in segments(bytes) {
        if position != next {
            first_scan.get_or_insert(next);
        }
        next = segment_end(bytes, position).unwrap_or(position);
        match marker {
            END_OF_IMAGE => {
                return first_scan.map(|first_scan| Layout { first_scan, end: position });
            }
            START_OF_SCAN => {
                first_scan.get_or_insert(position);
            }
            _ => {}
        }
    }
    None
}

/// Where a segment with a length ends; `None` where the file ends before its length.
pub(super) fn segment_end(bytes: &[u8], position: usize) -> Option<usize> {
    // The length counts its own two bytes.
    let length = u16::from_be_bytes(*bytes.get(position + 2..)?.first_chunk()?);
    Some(position + 2 + usize::from(length).max(2))
}

/// The segments of a JPEG with their offsets and markers, one after another up to the end of the file or
/// where it breaks off. One that ends the picture has no length, so nothing of it counts after that.
pub(super) fn segments(bytes: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut next = Some(START);
    iter::from_fn(move || {
        let position = next?;
        // Compressed samples are passed over here as well: in them 0xFF is followed by 0.
        let rest = bytes.get(position..)?;
        let position = position
            + memchr_iter(0xFF, rest)
                .find(|&at| rest.get(at + 1).is_some_and(|&next| is_marker(next)))?;
        next = segment_end(bytes, position);
        Some((position, bytes[position + 1]))
    })
}

/// Whether a marker begins a frame, which says how large it is (ITU-T T.81, table B.1).
fn is_frame(marker: u8) -> bool {
    // The three are tables and an extension.
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Whether a byte after 0xFF makes a marker that has a length or ends the picture.
fn is_marker(byte: u8) -> bool {
    // 0 is a stuffed sample and 0xFF is filling; 1 and the restarts stand alone.
    !(matches!(byte, 0 | 1 | 0xFF | START_OF_IMAGE) || RESTART.contains(&byte))
}
