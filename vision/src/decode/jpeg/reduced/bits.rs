//! Bits of entropy-coded data, the first of a byte first.

use memchr::memchr;

use crate::decode::jpeg::layout::{END_OF_IMAGE, RESTART};

/// Zeros behind a segment, so that eight bytes can be read wherever it ends.
const PADDING: usize = 16;

/// The entropy-coded segments of a scan, from one restart to the next, without what keeps their bytes apart from
/// markers.
pub(super) struct EntropySegments<'a> {
    /// What was not looked at.
    rest: &'a [u8],
    /// The marker before it; none at first.
    before: Option<u8>,
    /// The segment before it.
    bytes: Vec<u8>,
}

/// Reads bits of one segment.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    /// The segment and its padding.
    bytes: &'a [u8],
    /// The byte that is read next.
    next: usize,
    /// The bits that were read and not taken, from the highest on. Below them are some of those that
    /// follow, or zeros.
    buffer: u64,
    /// How many of the buffer count.
    count: u32,
}

impl<'a> EntropySegments<'a> {
    /// Reads the data of a scan.
    pub(super) fn new(scan: &'a [u8]) -> Self {
        Self { rest: scan, before: None, bytes: Vec::with_capacity(scan.len() + PADDING) }
    }

    /// The first segment, or the next one if restarts are numbered as they should be; `None` too where
    /// there is none.
    pub(super) fn next(&mut self) -> Option<Bits<'_>> {
        const STUFFED: u8 = 0;
        if self.is_at_end() {
            return None;
        }
        self.bytes.clear();
        loop {
            let at = memchr(0xFF, self.rest)?;
            let marker = *self.rest.get(at + 1)?;
            let kept = if marker == STUFFED { at + 1 } else { at };
            self.bytes.extend_from_slice(&self.rest[..kept]);
            self.rest = &self.rest[at + 2..];
            if marker == STUFFED {
                continue;
            }
            let number = self.before.map_or(0, |it| (it + 1) & 7);
            if marker != END_OF_IMAGE && marker != RESTART.start() + number {
                return None;
            }
            self.before = Some(marker);
            self.bytes.extend([0; PADDING]);
            return Some(Bits { bytes: &self.bytes, next: 0, buffer: 0, count: 0 });
        }
    }

    /// Whether the end of the picture comes after the segment.
    pub(super) fn is_at_end(&self) -> bool {
        self.before == Some(END_OF_IMAGE)
    }
}

impl Bits<'_> {
    /// Sees to it that 32 bits can be taken; `None` far behind the end.
    #[inline]
    pub(super) fn refill(&mut self) -> Option<()> {
        if self.count < 32 {
            let word = self.bytes.get(self.next..)?.first_chunk()?;
            // What is read here and does not count yet is read once more, and is the same then.
            self.buffer |= u64::from_be_bytes(*word) >> self.count;
            self.next += (63 - self.count as usize) / 8;
            self.count |= 56;
        }
        Some(())
    }

    /// The next bits, from 1 to 32 of them.
    #[inline]
    pub(super) fn peek(&self, bits: u32) -> u32 {
        (self.buffer >> (64 - bits)) as u32
    }

    /// Takes some of the bits that [`Self::refill`] made ready.
    #[inline]
    pub(super) fn skip(&mut self, bits: u32) {
        self.buffer <<= bits;
        self.count -= bits;
    }

    /// Whether all was taken but what fills the last byte.
    pub(super) fn is_at_end(&self) -> bool {
        let all = (self.bytes.len() - PADDING) * 8;
        let taken = self.next * 8 - self.count as usize;
        taken <= all && all - taken < 8
    }
}
