//! JPEG at half or at quarter scale, from the lowest frequencies alone.
//!
//! Most of a large picture's pixels are averaged away when it is made ready for a network. The decoder
//! for whole pictures computes them all, and libraries in Rust that do not are slower than it is. This one
//! reads the common kind of file and leaves every other one, and every damaged one, to that decoder.

mod bits;
mod colour;
mod header;
mod huffman;
mod transform;

use image::RgbImage;

use self::{
    bits::{Bits, Stretches},
    header::Header,
    huffman::{END_OF_BLOCK, Huffman},
    transform::Transform,
};

/// How many pixels there can be along an axis for one that is left.
const REDUCTIONS: [u32; 2] = [4, 2];

/// Where a coefficient of the file belongs in a block in rows of eight (ITU-T T.81, figure A.6).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Decodes a file at the smallest scale that leaves at least so many pixels across and down, and by which
/// both sides can be divided if they must be `whole`. Says how many pixels there were for one, too.
///
/// `None` when there is no such scale but the full one, or when it takes another decoder to read the file or
/// to say what is wrong with it. The sides are those that this decoder said: they are what was checked.
pub(in crate::decode) fn decode(
    bytes: &[u8],
    sides: (u32, u32),
    least: (u32, u32),
    whole: bool,
) -> Option<(RgbImage, u32)> {
    let enough = |side: u32, least: u32, reduction: u32| {
        (!whole || side.is_multiple_of(reduction)) && side / reduction >= least
    };
    let reduction = REDUCTIONS
        .into_iter()
        .find(|&it| enough(sides.0, least.0, it) && enough(sides.1, least.1, it))?;
    let header = Header::new(bytes)?;
    if (header.width, header.height) != (sides.0 as usize, sides.1 as usize) {
        return None;
    }
    Some((Decoder::new(&header, reduction as usize)?.run()?, reduction))
}

/// Decodes a picture a row of units at a time.
struct Decoder<'a> {
    header: &'a Header<'a>,
    planes: Vec<Plane<'a>>,
    /// Sides of the result.
    sides: (usize, usize),
    /// Units across and down.
    units: (usize, usize),
    /// Sides of a unit in samples of the result.
    unit: (usize, usize),
}

/// A component, and what was decoded of it.
struct Plane<'a> {
    codes: [&'a Huffman; 2],
    steps: &'a [i32; 64],
    /// Blocks of a unit across and down.
    blocks: (usize, usize),
    /// Sides of a block in samples of the result.
    block: (usize, usize),
    transform: Transform,
    /// The lowest frequency of the block before.
    lowest: i32,
    coefficients: [i32; 64],
    /// A row of units.
    samples: Vec<u8>,
}

impl<'a> Decoder<'a> {
    fn new(header: &'a Header<'a>, reduction: usize) -> Option<Self> {
        let most = |blocks: fn(&(usize, usize)) -> usize| {
            header.components.iter().map(|it| blocks(&it.blocks)).max()
        };
        let (across, down) = (most(|it| it.0)?, most(|it| it.1)?);
        let units = (header.width.div_ceil(8 * across), header.height.div_ceil(8 * down));
        let unit = (8 / reduction * across, 8 / reduction * down);
        let planes = header.components.iter().map(|component| {
            let blocks = component.blocks;
            // What is stored more coarsely keeps more of its frequencies, so that all are of one size.
            let side = |unit: usize, blocks: usize| {
                unit.checked_div(blocks).filter(|it| it * blocks == unit)
            };
            let block = (side(unit.0, blocks.0)?, side(unit.1, blocks.1)?);
            Some(Plane {
                codes: header.codes(component)?,
                steps: &component.steps,
                blocks,
                block,
                transform: transform::to(block.0, block.1)?,
                lowest: 0,
                coefficients: [0; 64],
                samples: vec![0; units.0 * unit.0 * unit.1],
            })
        });
        let planes = planes.collect::<Option<_>>()?;
        let sides = (header.width.div_ceil(reduction), header.height.div_ceil(reduction));
        Some(Self { header, planes, sides, units, unit })
    }

    fn run(mut self) -> Option<RgbImage> {
        let mut stretches = Stretches::new(self.header.scan);
        let mut bits = stretches.next()?;
        let mut pixels = vec![0; self.sides.0 * self.sides.1 * 3];
        let mut rows = pixels.chunks_mut(self.sides.0 * 3);
        let mut since_restart = 0;
        for _ in 0..self.units.1 {
            for column in 0..self.units.0 {
                if since_restart == self.header.restart && since_restart > 0 {
                    if !bits.is_at_end() {
                        return None;
                    }
                    bits = stretches.next()?;
                    self.planes.iter_mut().for_each(|plane| plane.lowest = 0);
                    since_restart = 0;
                }
                since_restart += 1;
                let stride = self.stride();
                for plane in &mut self.planes {
                    plane.unit(&mut bits, column * self.unit.0, stride)?;
                }
            }
            self.convert(&mut rows);
        }
        if !bits.is_at_end() || !stretches.is_at_end() {
            return None;
        }
        RgbImage::from_raw(self.sides.0 as u32, self.sides.1 as u32, pixels)
    }

    /// Samples of a row of units.
    fn stride(&self) -> usize {
        self.units.0 * self.unit.0
    }

    /// Writes the pixels of a row of units.
    fn convert<'b>(&self, rows: &mut impl Iterator<Item = &'b mut [u8]>) {
        // In this order, or a row would be taken for a line that is not there.
        for (line, out) in (0..self.unit.1).zip(rows) {
            let first = line * self.stride();
            match self.planes.as_slice() {
                [brightness, blue, red] => colour::to_rgb(
                    &brightness.samples[first..],
                    &blue.samples[first..],
                    &red.samples[first..],
                    out,
                ),
                [grey, ..] => colour::grey_to_rgb(&grey.samples[first..], out),
                [] => {}
            }
        }
    }
}

impl Plane<'_> {
    /// Decodes the blocks of a unit that begins at a column of the samples.
    fn unit(&mut self, bits: &mut Bits<'_>, left: usize, stride: usize) -> Option<()> {
        for y in 0..self.blocks.1 {
            for x in 0..self.blocks.0 {
                let at = y * self.block.1 * stride + left + x * self.block.0;
                let flat = self.read(bits)?;
                let out = &mut self.samples[at..];
                if flat {
                    transform::flat(self.coefficients[0], self.block, out, stride);
                } else {
                    (self.transform)(&self.coefficients, out, stride);
                    self.coefficients = [0; 64];
                }
            }
        }
        Some(())
    }

    /// Reads the coefficients of a block; whether there is only that of the lowest frequency.
    #[inline]
    fn read(&mut self, reader: &mut Bits<'_>) -> Option<bool> {
        let [lowest, others] = self.codes;
        // By itself, so that it stays in registers.
        let mut bits = *reader;
        bits.refill()?;
        let first = lowest.next(&mut bits)?;
        // No zeros come before it. Where there is no number either, a block of others would end.
        if first.run() != 0 && first.run() != usize::from(END_OF_BLOCK) {
            return None;
        }
        self.lowest = self.lowest.wrapping_add(first.value());
        self.coefficients[0] = self.lowest.wrapping_mul(self.steps[0]);
        let mut at = 1;
        while at < 64 {
            bits.refill()?;
            let next = others.next(&mut bits)?;
            at += next.run();
            if at > 63 {
                *reader = bits;
                let ends = next.run() == usize::from(END_OF_BLOCK);
                return ends.then_some(at == 1 + next.run());
            }
            self.coefficients[usize::from(ZIGZAG[at])] = next.value() * self.steps[at];
            at += 1;
        }
        *reader = bits;
        Some(false)
    }
}
