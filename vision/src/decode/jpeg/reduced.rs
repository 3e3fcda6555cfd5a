//! JPEG at half or at quarter scale, from the lowest frequencies alone.
//!
//! Most of a large picture's pixels are averaged away when it is made ready for a network. The decoder
//! for whole pictures computes them all, and libraries in Rust that do not are slower than it is. This one
//! reads the common kind of file and leaves every other one, and every damaged one, to that decoder.

mod bits;
mod colour;
mod header;
mod huffman;
mod plane;
mod transform;

use image::RgbImage;

use self::{bits::EntropySegments, header::Header, plane::Plane};

/// How many pixels there can be along an axis for one that is left.
const REDUCTIONS: [u32; 2] = [4, 2];

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

/// Decodes a picture, one row of MCUs after another.
struct Decoder<'a> {
    header: &'a Header<'a>,
    planes: Vec<Plane<'a>>,
    /// Sides of the result.
    sides: (usize, usize),
    /// MCUs across and down.
    mcus: (usize, usize),
    /// Sides of an MCU in samples of the result.
    mcu_sides: (usize, usize),
}

impl<'a> Decoder<'a> {
    fn new(header: &'a Header<'a>, reduction: usize) -> Option<Self> {
        let most = |blocks: fn(&(usize, usize)) -> usize| {
            header.components.iter().map(|it| blocks(&it.blocks)).max()
        };
        let (across, down) = (most(|it| it.0)?, most(|it| it.1)?);
        let mcus = (header.width.div_ceil(8 * across), header.height.div_ceil(8 * down));
        let mcu_sides = (8 / reduction * across, 8 / reduction * down);
        let planes = header.components.iter();
        let planes = planes.map(|it| Plane::new(header.codes(it)?, it, mcu_sides, mcus.0));
        let planes = planes.collect::<Option<_>>()?;
        let sides = (header.width.div_ceil(reduction), header.height.div_ceil(reduction));
        Some(Self { header, planes, sides, mcus, mcu_sides })
    }

    fn run(mut self) -> Option<RgbImage> {
        let mut segments = EntropySegments::new(self.header.scan);
        let mut bits = segments.next()?;
        let mut pixels = vec![0; self.sides.0 * self.sides.1 * 3];
        let mut rows = pixels.chunks_mut(self.sides.0 * 3);
        let mut since_restart = 0;
        for _ in 0..self.mcus.1 {
            for column in 0..self.mcus.0 {
                if since_restart == self.header.restart_interval && since_restart > 0 {
                    if !bits.is_at_end() {
                        return None;
                    }
                    bits = segments.next()?;
                    self.planes.iter_mut().for_each(Plane::restart);
                    since_restart = 0;
                }
                since_restart += 1;
                for plane in &mut self.planes {
                    plane.read_mcu(&mut bits, column)?;
                }
            }
            self.convert(&mut rows);
        }
        if !bits.is_at_end() || !segments.is_at_end() {
            return None;
        }
        RgbImage::from_raw(self.sides.0 as u32, self.sides.1 as u32, pixels)
    }

    /// Writes the pixels of a row of MCUs.
    fn convert<'b>(&self, rows: &mut impl Iterator<Item = &'b mut [u8]>) {
        // In this order, or a row would be taken for a line that is not there.
        for (line, out) in (0..self.mcu_sides.1).zip(rows) {
            match self.planes.as_slice() {
                [luma, cb, cr] => {
                    colour::to_rgb(luma.row(line), cb.row(line), cr.row(line), out);
                }
                [grey, ..] => colour::grey_to_rgb(grey.row(line), out),
                [] => {}
            }
        }
    }
}
