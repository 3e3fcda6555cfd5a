//! What must be known of a JPEG before a decoder sees it.

use std::iter;

use memchr::{memchr_iter, memmem};

use crate::decode::DecodeError;

pub(super) const RESTART: std::ops::RangeInclusive<u8> = 0xD0..=0xD7;
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
    let Some(Layout { irregular, end }) = layout(bytes) else {
        return Err(DecodeError::Damaged { reason: "the file ends before the picture".to_owned() });
    };
    // From the first scan on every pair of bytes counts, also inside of segments: a decoder that
    // finds its way otherwise than this module must not find more scans either. Before it there
    // are metadata, where the pair occurs by chance and in thumbnails. They count, too, where something
    // is between two segments that a decoder may take for one.
    let scans = memmem::find_iter(&bytes[irregular..end], &[0xFF, START_OF_SCAN]);
    if scans.count() > max_scans {
        return Err(DecodeError::TooManyScans { limit: max_scans });
    }
    Ok(())
}

/// Width and height in pixels as the first frame says, without a look at what follows; `None` when there is
/// none before the first scan.
pub(in crate::decode) fn sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut segments = segments(bytes);
    let Segment { position, marker, .. } =
        segments.find(|it| is_frame(it.marker) || it.marker == START_OF_SCAN)?;
    // After the marker, the length and the bits of a sample.
    let sides = bytes.get(position + 5..position + 9).filter(|_| is_frame(marker))?;
    let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
    Some((side(sides[2], sides[3]), side(sides[0], sides[1])))
}

/// Where the pixels of a JPEG lie in the file.
struct Layout {
    /// Offset of the first scan's marker, or of the first byte before it that is in no segment.
    irregular: usize,
    /// Offset of the marker that ends the picture. What follows, such as the film of a "motion
    /// photo", is not looked at.
    end: usize,
}

/// Finds the first scan and the end of a JPEG; `None` when the file ends before the picture does.
fn layout(bytes: &[u8]) -> Option<Layout> {
    let (mut irregular, mut scanned) = (None, false);
    for Segment { before, position, marker, .. } in segments(bytes) {
        if before != position {
            irregular.get_or_insert(before);
        }
        match marker {
            END_OF_IMAGE => {
                return irregular
                    .filter(|_| scanned)
                    .map(|irregular| Layout { irregular, end: position });
            }
            START_OF_SCAN => {
                irregular.get_or_insert(position);
                scanned = true;
            }
            _ => {}
        }
    }
    None
}

/// A segment, as it lies in the file.
pub(super) struct Segment {
    /// Where the one before it ends, or the start of image.
    pub(super) before: usize,
    /// Offset of its marker.
    pub(super) position: usize,
    /// The byte that says what it is.
    pub(super) marker: u8,
    /// Where it ends; `None` where the file ends before its length.
    pub(super) end: Option<usize>,
}

/// The segments of a JPEG, one after another up to the end of the file or where it breaks off. One that
/// ends the picture has no length, so nothing of it counts after that.
pub(super) fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment> {
    // After the start of image.
    let mut next = Some(2);
    iter::from_fn(move || {
        let before = next?;
        // Compressed samples are passed over here as well: in them 0xFF is followed by 0.
        let rest = bytes.get(before..)?;
        let position = before
            + memchr_iter(0xFF, rest)
                .find(|&at| rest.get(at + 1).is_some_and(|&next| is_marker(next)))?;
        // The length counts its own two bytes.
        next = bytes.get(position + 2..position + 4).map(|length| {
            position + 2 + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2)
        });
        Some(Segment { before, position, marker: bytes[position + 1], end: next })
    })
}

/// Whether a marker begins a frame, which says how large it is (ITU-T T.81, table B.1).
pub(super) fn is_frame(marker: u8) -> bool {
    // The three are tables and an extension.
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Whether a byte after 0xFF makes a marker that has a length or ends the picture.
fn is_marker(byte: u8) -> bool {
    // 0 is a stuffed sample and 0xFF is filling; 1 and the restarts stand alone.
    !(matches!(byte, 0 | 1 | 0xFF | START_OF_IMAGE) || RESTART.contains(&byte))
}
