//! Bits of entropy-coded data, the first of a byte first.

use std::{iter, ops::Range};

use memchr::memchr;

/// Zeros behind each stretch, so that eight bytes can be read wherever it ends.
const PADDING: usize = 16;

/// Entropy-coded data without what only keeps it apart from markers.
pub(super) struct Stretches {
    bytes: Vec<u8>,
    /// What lies between two restarts.
    ranges: Vec<Range<usize>>,
}

/// Reads bits of one stretch.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    /// The stretch and its padding.
    bytes: &'a [u8],
    /// The byte that is read next.
    next: usize,
    /// The bits that were read and not taken, from the highest on. Below them are some of those that
    /// follow, or zeros.
    buffer: u64,
    /// How many of the buffer count.
    count: u32,
}

impl Stretches {
    /// Reads the data of a scan up to the marker that ends the picture; `None` when another ends them.
    pub(super) fn new(scan: &[u8]) -> Option<Self> {
        const STUFFED: u8 = 0;
        const END_OF_IMAGE: u8 = 0xD9;
        let mut stretches =
            Self { bytes: Vec::with_capacity(scan.len() + PADDING), ranges: Vec::new() };
        let (mut start, mut rest, mut restarts) = (0, scan, (0xD0..=0xD7).cycle());
        loop {
            let at = memchr(0xFF, rest)?;
            let marker = *rest.get(at + 1)?;
            let kept = if marker == STUFFED { at + 1 } else { at };
            stretches.bytes.extend_from_slice(&rest[..kept]);
            rest = &rest[at + 2..];
            if marker == STUFFED {
                continue;
            }
            stretches.ranges.push(start..stretches.bytes.len() + PADDING);
            stretches.bytes.extend(iter::repeat_n(0, PADDING));
            start = stretches.bytes.len();
            if marker == END_OF_IMAGE {
                return Some(stretches);
            }
            if Some(marker) != restarts.next() {
                return None;
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Each of them in turn.
    pub(super) fn iter(&self) -> impl Iterator<Item = Bits<'_>> {
        let bits = |range: &Range<usize>| &self.bytes[range.clone()];
        self.ranges.iter().map(bits).map(|bytes| Bits { bytes, next: 0, buffer: 0, count: 0 })
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
