//! Huffman codes of JPEG (ITU-T T.81, annexes C and F).

use super::bits::Bits;

/// Bits that are looked up at once: most codes with the number behind them are no longer.
const LOOK: u32 = 10;

/// The run of the symbol that ends a block, beyond any place in it.
pub(super) const END_OF_BLOCK: u8 = 64;

/// A table of codes.
pub(super) struct Huffman {
    /// By the next bits, what they mean; nothing if that takes more of them.
    looked_up: Box<[Coefficient; 1 << LOOK]>,
    /// By the length of a code: the first that is longer, aligned to 16 bits.
    limits: [u32; 17],
    /// By the length of a code: what must be added to it for the place of its symbol.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

/// A number, how many zeros come before it, and how many bits say so, in one word. Nothing has no bits.
#[derive(Clone, Copy, Default)]
pub(super) struct Coefficient(u32);

impl Huffman {
    /// Makes a table of how many codes there are of each length from 1 to 16, and of the symbols in
    /// the order of the codes. `None` when there are too many for their length.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            looked_up: Box::new([Coefficient::default(); 1 << LOOK]),
            limits: [0; 17],
            offsets: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut place) = (0_u32, 0_u32);
        for (len, &count) in (1..).zip(counts) {
            table.offsets[len] = place as i32 - code as i32;
            for _ in 0..count {
                table.look_up(*symbols.get(place as usize)?, code << (32 - len), len as u32);
                code += 1;
                place += 1;
            }
            if code > 1 << len {
                return None;
            }
            table.limits[len] = code << (16 - len);
            code <<= 1;
        }
        Some(table)
    }

    /// Enters all that begins with a code, aligned to 32 bits, of this length.
    fn look_up(&mut self, symbol: u8, code: u32, len: u32) {
        if len + u32::from(symbol & 15) > LOOK {
            return;
        }
        let first = (code >> (32 - LOOK)) as usize;
        let entries =
            self.looked_up.get_mut(first..first + (1 << (LOOK - len))).unwrap_or_default();
        for (entry, bits) in entries.iter_mut().zip(first as u32..) {
            *entry = Coefficient::new(symbol, len, bits << (32 - LOOK)).unwrap_or_default();
        }
    }

    /// Takes a code and the number behind it, of bits that were refilled. `None` when no code begins
    /// with them, or when it says what it may not.
    #[inline]
    pub(super) fn next(&self, bits: &mut Bits<'_>) -> Option<Coefficient> {
        let mut found = self.looked_up[bits.peek(LOOK) as usize % (1 << LOOK)];
        if found.bits() == 0 {
            found = self.find(bits.peek(32))?;
        }
        bits.skip(found.bits());
        Some(found)
    }

    /// What 32 bits begin with.
    #[inline(never)]
    fn find(&self, bits: u32) -> Option<Coefficient> {
        let len = (1..17).find(|&len| bits >> 16 < self.limits[len])?;
        let place = (bits >> (32 - len)) as i32 + self.offsets[len];
        Coefficient::new(*self.symbols.get(place as usize)?, len as u32, bits)
    }
}

impl Coefficient {
    /// What a symbol means whose code has this length, with the number that follows it in these bits.
    /// `None` where it means nothing.
    #[inline]
    fn new(symbol: u8, len: u32, bits: u32) -> Option<Self> {
        let (run, size) = (symbol >> 4, u32::from(symbol & 15));
        let (run, value) = match (run, size) {
            (0, 0) => (END_OF_BLOCK, 0),
            // Sixteen zeros are fifteen before another one.
            (15, 0) => (15, 0),
            (_, 0) => return None,
            _ => {
                // The lower half of the range of a size stands for negative numbers (T.81, F.2.2.1).
                let (stored, half) = (((bits << len) >> (32 - size)) as i32, 1 << (size - 1));
                (run, if stored < half { stored - 2 * half + 1 } else { stored })
            }
        };
        Some(Self((value as u32) << 16 | u32::from(run) << 8 | (len + size)))
    }

    /// The number as it is stored.
    #[inline]
    pub(super) fn value(self) -> i32 {
        self.0 as i32 >> 16
    }

    /// Zeros before it, or [`END_OF_BLOCK`].
    #[inline]
    pub(super) fn run(self) -> usize {
        (self.0 >> 8 & 0xFF) as usize
    }

    #[inline]
    fn bits(self) -> u32 {
        self.0 & 0xFF
    }
}
