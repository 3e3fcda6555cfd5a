//! Drawings in the bitmap font Noto Color Emoji.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use ttf_parser::{Face, GlyphId, RasterImageFormat, gsub::SubstitutionSubtable};

use super::texture::Texture;

/// Where Debian's `fonts-noto-color-emoji` puts it.
pub const PATH: &str = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";

/// The font, loaded.
#[derive(Debug)]
pub(super) struct Noto {
    data: Vec<u8>,
}

impl Noto {
    /// Reads the font file.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let data = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        Ok(Self { data })
    }

    /// The glyphs that these sequences of characters become, `None` for those it does not have.
    ///
    /// # Errors
    ///
    /// When the font cannot be parsed or a bitmap of it cannot be decoded.
    pub(super) fn glyphs(&self, sequences: &[Vec<char>]) -> Result<Vec<Option<Texture>>> {
        let face = Face::parse(&self.data, 0).context("the font cannot be parsed")?;
        sequences
            .iter()
            .map(|sequence| glyph(&face, sequence).map_or(Ok(None), |id| bitmap(&face, id)))
            .collect()
    }
}

fn glyph(face: &Face<'_>, sequence: &[char]) -> Option<GlyphId> {
    let ids = sequence.iter().map(|&c| face.glyph_index(c)).collect::<Option<Vec<_>>>()?;
    let (&first, rest) = ids.split_first()?;
    if rest.is_empty() {
        return Some(first);
    }
    for lookup in face.tables().gsub?.lookups {
        for subtable in lookup.subtables.into_iter::<SubstitutionSubtable<'_>>() {
            let SubstitutionSubtable::Ligature(ligatures) = subtable else { continue };
            let Some(set) =
                ligatures.coverage.get(first).and_then(|i| ligatures.ligature_sets.get(i))
            else {
                continue;
            };
            for ligature in set {
                if ligature.components.into_iter().eq(rest.iter().copied()) {
                    return Some(ligature.glyph);
                }
            }
        }
    }
    None
}

fn bitmap(face: &Face<'_>, id: GlyphId) -> Result<Option<Texture>> {
    let Some(picture) = face.glyph_raster_image(id, u16::MAX) else { return Ok(None) };
    if picture.format != RasterImageFormat::PNG {
        bail!("a glyph that is no PNG");
    }
    let decoded = image::load_from_memory(picture.data).context("a broken glyph")?.to_rgba8();
    let pixels = decoded
        .pixels()
        .map(|pixel| {
            let [red, green, blue, alpha] = pixel.0.map(u16::from);
            let times = |part: u16| (part * alpha / 255) as u8;
            [times(red), times(green), times(blue), alpha as u8]
        })
        .collect();
    Ok(Some(Texture::new(decoded.width() as usize, decoded.height() as usize, pixels)))
}
