//! What a JPEG says before its only scan (ITU-T T.81, annex B).

use super::huffman::Huffman;
use crate::decode::jpeg::layout::{START_OF_SCAN, Segment, is_frame, segments};

/// A picture whose data lie in one scan.
pub(super) struct Header<'a> {
    /// Pixels of a row.
    pub(super) width: usize,
    /// Rows.
    pub(super) height: usize,
    /// One for grey, or luma, Cb and Cr.
    pub(super) components: Vec<Component>,
    /// MCUs between two restarts, or 0.
    pub(super) restart_interval: usize,
    /// Entropy-coded data, and all that follows.
    pub(super) scan: &'a [u8],
    tables: [[Option<Huffman>; 4]; 2],
}

/// How one component is stored.
pub(super) struct Component {
    /// Blocks of an MCU across and down.
    pub(super) blocks: (usize, usize),
    /// What each coefficient is a multiple of, in the order of the file.
    pub(super) quantisation: [i32; 64],
    /// The tables for DC and for AC coefficients.
    tables: [usize; 2],
}

/// Sides, and what is stored.
struct Frame {
    width: usize,
    height: usize,
    components: Vec<FrameComponent>,
}

/// A component as a frame tells of it.
struct FrameComponent {
    name: u8,
    /// Blocks of an MCU across and down.
    blocks: (usize, usize),
    /// Place of its quantisation.
    quantisation: usize,
}

impl<'a> Header<'a> {
    /// Reads the header of a file; `None` when it is damaged, or not of the common kind: eight bits,
    /// sequential, Huffman codes, one scan, grey or the colours of JFIF.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut quantisations = [None; 4];
        let mut tables = [const { [const { None }; 4] }; 2];
        let (mut restart_interval, mut frame) = (0, None);
        for Segment { before, position, marker, end } in segments(bytes) {
            // Another decoder may see a segment in what is between two.
            if before != position {
                return None;
            }
            let content = bytes.get(position + 4..end?)?;
            match marker {
                0xC0 | 0xC1 if frame.is_none() => frame = Some(Frame::new(content)?),
                // Other kinds of frames, or a second one, and extensions of the format.
                0xC8 => return None,
                _ if is_frame(marker) => return None,
                0xC4 => read_codes(content, &mut tables)?,
                0xDB => read_quantisations(content, &mut quantisations)?,
                0xDD => restart_interval = usize::from(u16::from_be_bytes(*content.first_chunk()?)),
                // Adobe's segment says which colours they are, the last of its bytes.
                0xEE if content.starts_with(b"Adobe") && content.get(11) != Some(&1) => {
                    return None;
                }
                START_OF_SCAN => {
                    let Frame { width, height, components } = frame?;
                    let components = read_scan(content, &components, &quantisations)?;
                    let scan = bytes.get(end?..)?;
                    return Some(Self {
                        width,
                        height,
                        components,
                        restart_interval,
                        scan,
                        tables,
                    });
                }
                _ => {}
            }
        }
        None
    }

    /// The codes of a component, for DC and for AC coefficients.
    pub(super) fn codes(&self, component: &Component) -> Option<[&Huffman; 2]> {
        let [dc, ac] = component.tables;
        Some([self.tables[0].get(dc)?.as_ref()?, self.tables[1].get(ac)?.as_ref()?])
    }
}

impl Frame {
    fn new(content: &[u8]) -> Option<Self> {
        let (&[bits, top, high, left, low, count], components) = content.split_first_chunk()?;
        let side = |high, low| usize::from(u16::from_be_bytes([high, low]));
        let components =
            components.as_chunks::<3>().0.iter().map(|&[name, blocks, quantisation]| {
                FrameComponent {
                    name,
                    blocks: (usize::from(blocks >> 4), usize::from(blocks & 15)),
                    quantisation: usize::from(quantisation),
                }
            });
        let components: Vec<_> = components.collect();
        // Named by letters they are red, green and blue.
        let plain = bits == 8
            && matches!(count, 1 | 3)
            && components.len() == usize::from(count)
            && components.iter().all(|it| it.blocks.0 > 0 && it.blocks.1 > 0)
            && !components.iter().map(|it| it.name).eq(*b"RGB");
        plain.then_some(Self { width: side(left, low), height: side(top, high), components })
    }
}

/// Tables of Huffman codes by their class and place.
fn read_codes(mut content: &[u8], tables: &mut [[Option<Huffman>; 4]; 2]) -> Option<()> {
    while let Some((&place, rest)) = content.split_first() {
        let (counts, rest) = rest.split_first_chunk::<16>()?;
        let symbols = counts.iter().map(|&count| usize::from(count)).sum();
        let (symbols, rest) = rest.split_at_checked(symbols)?;
        let table = tables.get_mut(usize::from(place >> 4))?.get_mut(usize::from(place & 15))?;
        *table = Some(Huffman::new(counts, symbols)?);
        content = rest;
    }
    Some(())
}

/// Quantisations by their place, of eight bits for each coefficient.
fn read_quantisations(mut content: &[u8], tables: &mut [Option<[i32; 64]>; 4]) -> Option<()> {
    while let Some((&place, rest)) = content.split_first() {
        let (table, rest) = rest.split_first_chunk::<64>()?;
        // The upper half of the byte asks for 16 bits, and is out of the array's bounds then.
        *tables.get_mut(usize::from(place))? = Some(table.map(i32::from));
        content = rest;
    }
    Some(())
}

/// The components of a scan with all of them, in the order of the frame.
fn read_scan(
    content: &[u8],
    frame: &[FrameComponent],
    quantisations: &[Option<[i32; 64]>; 4],
) -> Option<Vec<Component>> {
    let (&count, rest) = content.split_first()?;
    let (places, last) = rest.as_chunks::<2>();
    let (places, spectrum) = places.split_at_checked(usize::from(count))?;
    // From the first coefficient to the last one with all of their bits.
    if places.len() != frame.len() || spectrum != [[0, 63]] || last != [0] {
        return None;
    }
    let components = frame.iter().zip(places).map(|(of_frame, &[name, tables])| {
        let tables = [usize::from(tables >> 4), usize::from(tables & 15)];
        // A component by itself is not stored in MCUs of several blocks.
        let blocks = if frame.len() == 1 { (1, 1) } else { of_frame.blocks };
        let quantisation = (*quantisations.get(of_frame.quantisation)?)?;
        (name == of_frame.name).then_some(Component { blocks, quantisation, tables })
    });
    components.collect()
}
