//! One component of a picture, a row of MCUs at a time.

use super::{
    bits::Bits,
    header::Component,
    huffman::{END_OF_BLOCK, Huffman},
    transform::{self, Transform},
};

/// Where a coefficient of the file belongs in a block in rows of eight (ITU-T T.81, figure A.6).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// A component, and what was decoded of it.
pub(super) struct Plane<'a> {
    dc_codes: &'a Huffman,
    ac_codes: &'a Huffman,
    quantisation: &'a [i32; 64],
    /// Blocks of an MCU across and down.
    blocks: (usize, usize),
    /// Sides of a block in samples of the result.
    block_sides: (usize, usize),
    transform: Transform,
    /// The DC coefficient of the block before, as it is stored.
    dc: i32,
    /// Those of a block, all 0 between two blocks but for DC.
    coefficients: [i32; 64],
    /// Samples of a row of MCUs across.
    stride: usize,
    /// Those of a row of MCUs.
    samples: Vec<u8>,
}

impl<'a> Plane<'a> {
    /// For so many MCUs across with such sides in samples of the result. `None` when blocks do not share
    /// them evenly.
    pub(super) fn new(
        [dc_codes, ac_codes]: [&'a Huffman; 2],
        component: &'a Component,
        mcu_sides: (usize, usize),
        mcus: usize,
    ) -> Option<Self> {
        let blocks = component.blocks;
        // What is stored more coarsely keeps more of its frequencies, so that all planes are of one size.
        let side = |mcu: usize, blocks: usize| Some(mcu / blocks).filter(|it| it * blocks == mcu);
        let block_sides = (side(mcu_sides.0, blocks.0)?, side(mcu_sides.1, blocks.1)?);
        let stride = mcus * mcu_sides.0;
        Some(Self {
            dc_codes,
            ac_codes,
            quantisation: &component.quantisation,
            blocks,
            block_sides,
            transform: transform::to(block_sides.0, block_sides.1)?,
            dc: 0,
            coefficients: [0; 64],
            stride,
            samples: vec![0; stride * mcu_sides.1],
        })
    }

    /// Forgets the block before, as it is after a restart.
    pub(super) fn restart(&mut self) {
        self.dc = 0;
    }

    /// Decodes the blocks of an MCU, given its place in the row. `None` when they are damaged.
    pub(super) fn read_mcu(&mut self, bits: &mut Bits<'_>, column: usize) -> Option<()> {
        let left = column * self.blocks.0 * self.block_sides.0;
        for y in 0..self.blocks.1 {
            for x in 0..self.blocks.0 {
                let at = y * self.block_sides.1 * self.stride + left + x * self.block_sides.0;
                let flat = self.read_block(bits)?;
                let out = &mut self.samples[at..];
                if flat {
                    transform::flat(self.coefficients[0], self.block_sides, out, self.stride);
                } else {
                    (self.transform)(&self.coefficients, out, self.stride);
                    self.coefficients = [0; 64];
                }
            }
        }
        Some(())
    }

    /// A line of the row of MCUs, and what follows it.
    pub(super) fn row(&self, line: usize) -> &[u8] {
        &self.samples[line * self.stride..]
    }

    /// Reads the coefficients of a block; whether there is only DC.
    #[inline]
    fn read_block(&mut self, reader: &mut Bits<'_>) -> Option<bool> {
        const LAST: usize = 63;
        // By itself, so that it stays in registers.
        let mut bits = *reader;
        bits.refill()?;
        let difference = self.dc_codes.next(&mut bits)?;
        // A symbol of DC has no run, and no number at all is told as the end of a block.
        if difference.run() != 0 && difference.run() != usize::from(END_OF_BLOCK) {
            return None;
        }
        self.dc = self.dc.wrapping_add(difference.value());
        self.coefficients[0] = self.dc.wrapping_mul(self.quantisation[0]);
        let mut at = 1;
        while at <= LAST {
            bits.refill()?;
            let ac = self.ac_codes.next(&mut bits)?;
            at += ac.run();
            if at > LAST {
                *reader = bits;
                let ends = ac.run() == usize::from(END_OF_BLOCK);
                return ends.then_some(at == 1 + ac.run());
            }
            self.coefficients[usize::from(ZIGZAG[at])] = ac.value() * self.quantisation[at];
            at += 1;
        }
        *reader = bits;
        Some(false)
    }
}
