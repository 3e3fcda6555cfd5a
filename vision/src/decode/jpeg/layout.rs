//! What must be known of a JPEG before a decoder sees it.

use memchr::{memchr_iter, memmem};

use crate::decode::DecodeError;

const RESTART: std::ops::RangeInclusive<u8> = 0xD0..=0xD7;
const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

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
    // are metadata, where the pair occurs by chance and in thumbnails.
    let scans = memmem::find_iter(&bytes[first_scan..end], &[0xFF, START_OF_SCAN]);
    if scans.count() > max_scans {
        return Err(DecodeError::TooManyScans { limit: max_scans });
    }
    Ok(())
}

/// Where the pixels of a JPEG lie in the file.
struct Layout {
    /// Offset of the first scan's marker.
    first_scan: usize,
    /// Offset of the marker that ends the picture. What follows, such as the film of a "motion
    /// photo", is not looked at.
    end: usize,
}

/// Goes through the segments of a JPEG; `None` when the file ends before the picture does.
fn layout(bytes: &[u8]) -> Option<Layout> {
    let mut first_scan = None;
    // After the start of image.
    let mut position = 2;
    loop {
        // Compressed samples are passed over here as well: in them 0xFF is followed by 0.
        let rest = bytes.get(position..)?;
        position += memchr_iter(0xFF, rest)
            .find(|&at| rest.get(at + 1).is_some_and(|&next| is_marker(next)))?;
        match bytes[position + 1] {
            END_OF_IMAGE => {
                return first_scan.map(|first_scan| Layout { first_scan, end: position });
            }
            START_OF_SCAN => {
                first_scan.get_or_insert(position);
            }
            _ => {}
        }
        // The length counts its own two bytes.
        let length = bytes.get(position + 2..position + 4)?;
        position += 2 + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
    }
}

/// Whether a byte after 0xFF makes a marker that has a length or ends the picture.
fn is_marker(byte: u8) -> bool {
    // 0 is a stuffed sample and 0xFF is filling; 1 and the restarts stand alone.
    !(matches!(byte, 0 | 1 | 0xFF | START_OF_IMAGE) || RESTART.contains(&byte))
}
