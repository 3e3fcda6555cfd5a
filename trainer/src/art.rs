//! The drawings that the network learns from, and the one that it is tested on.

mod noto;
mod simplify;
mod svg;
mod texture;

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::classes::{Classes, LEFT_OUT};

pub use noto::PATH as NOTO;
pub use svg::{render, render_at};
pub use texture::Texture;

/// Longer side of a drawing in memory: four times what the network sees of a flag that fills it.
const SIDE: u32 = 256;

/// The packs of drawings to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Pack {
    /// `flag-icons`, 4:3.
    FlagIconsWide,
    /// `flag-icons`, square.
    FlagIconsSquare,
    /// Twemoji.
    Twemoji,
    /// Noto Color Emoji.
    Noto,
}

/// One drawing of one flag.
#[derive(Debug)]
pub struct Drawing {
    /// The code under which the pack has it.
    pub code: String,
    /// The pack it is from.
    pub pack: Pack,
    /// The drawing, then plainer copies of it.
    pub textures: Vec<Texture>,
}

/// Everything that pictures are made of.
#[derive(Debug)]
pub struct Art {
    /// The drawings of each class; none for the last, "not a flag".
    pub flags: Vec<Vec<Drawing>>,
    /// Things that are no flags: the other emoji of Noto.
    pub objects: Vec<Texture>,
    /// The folder that the drawings are in.
    pub folder: PathBuf,
}

impl Pack {
    /// All packs.
    pub const ALL: [Self; 4] =
        [Self::FlagIconsWide, Self::FlagIconsSquare, Self::Twemoji, Self::Noto];
}

impl Art {
    /// Draws everything once.
    ///
    /// # Errors
    ///
    /// When the art is incomplete.
    pub fn load(folder: &Path, classes: &Classes, packs: &[Pack]) -> Result<Self> {
        let font = noto::Noto::open(Path::new(NOTO))?;
        let codes: Vec<(&str, usize)> = classes.codes().collect();
        let sequences: Vec<_> = codes.iter().map(|(code, _)| emoji(code)).collect();
        let glyphs = font.glyphs(&sequences)?;
        let mut flags: Vec<Vec<Drawing>> = (0..classes.count()).map(|_| Vec::new()).collect();
        for (&(code, class), glyph) in codes.iter().zip(glyphs) {
            for &pack in packs {
                if LEFT_OUT.contains(&(pack, code)) {
                    continue;
                }
                let texture = match drawing_file(folder, pack, code) {
                    // Emoji do not have every flag.
                    Some(path) if pack == Pack::Twemoji && !path.exists() => None,
                    Some(path) => Some(svg::render(&path, SIDE)?),
                    None => glyph.clone(),
                };
                if let Some(texture) = texture {
                    let texture = texture.trimmed();
                    let code = code.to_owned();
                    flags[class].push(Drawing { code, pack, textures: copies(texture) });
                }
            }
        }
        let objects = font.glyphs(&objects())?.into_iter().flatten().collect();
        Ok(Self { flags, objects, folder: folder.to_owned() })
    }
}

/// The file of a drawing, `None` if the pack has no files.
pub fn drawing_file(folder: &Path, pack: Pack, code: &str) -> Option<PathBuf> {
    match pack {
        Pack::FlagIconsWide | Pack::FlagIconsSquare => Some(flag_icon(folder, pack, code)),
        Pack::Twemoji => Some(folder.join("twemoji").join(file_name(&emoji(code)))),
        Pack::Noto => None,
    }
}

/// The file of a code in `flag-icons`.
pub fn flag_icon(folder: &Path, pack: Pack, code: &str) -> PathBuf {
    let format = if pack == Pack::FlagIconsSquare { "1x1" } else { "4x3" };
    folder.join(format!("flag-icons/flags/{format}/{code}.svg"))
}

/// The file of a code in `country-flag-icons`, which is for tests only.
pub fn test_drawing(folder: &Path, code: &str) -> PathBuf {
    // It has the parts of Saint Helena under codes of their own.
    let code = match code {
        "sh-ac" => "ac",
        "sh-ta" => "ta",
        other => other,
    };
    folder.join(format!("country-flag-icons/3x2/{}.svg", code.to_uppercase()))
}

fn copies(texture: Texture) -> Vec<Texture> {
    let plainer = [(8, 0.0), (6, 0.015), (4, 0.03)]
        .map(|(colours, blur)| simplify::simplify(&texture, colours, blur));
    [texture].into_iter().chain(plainer).collect()
}

/// The sequence of characters that is the emoji of a flag.
fn emoji(code: &str) -> Vec<char> {
    let shift = |first: char, c: u8| {
        char::from_u32(u32::from(first) + u32::from(c - b'a')).unwrap_or(first)
    };
    let code = match code {
        "sh-ac" => "ac",
        "sh-ta" => "ta",
        // Emoji have the island's own flag, which `flag-icons` has under this code.
        "sh-hl" => "sh",
        other => other,
    };
    match code.strip_prefix("gb-") {
        Some(part) => ['\u{1f3f4}']
            .into_iter()
            .chain("gb".bytes().chain(part.bytes()).map(|c| shift('\u{e0061}', c)))
            .chain(['\u{e007f}'])
            .collect(),
        None if code.len() == 2 => code.bytes().map(|c| shift('\u{1f1e6}', c)).collect(),
        // No emoji: a character that no font has keeps the lists parallel.
        None => vec!['\u{10ffff}'],
    }
}

fn file_name(sequence: &[char]) -> String {
    let parts: Vec<_> = sequence.iter().map(|&c| format!("{:x}", u32::from(c))).collect();
    format!("{}.svg", parts.join("-"))
}

/// Emoji that are no flags: crossed flags, racing flags and flags on poles are left out, and so are
/// the plain discs, because a red disc on white is one.
fn objects() -> Vec<Vec<char>> {
    let flags = ['\u{1f38c}', '\u{1f3c1}', '\u{1f3f3}', '\u{1f3f4}', '\u{1f6a9}'];
    let discs = ['\u{1f534}', '\u{1f535}'];
    ('\u{1f300}'..='\u{1f9ff}')
        .filter(|c| !flags.contains(c) && !discs.contains(c))
        .filter(|c| !('\u{1f7e0}'..='\u{1f7eb}').contains(c))
        .map(|c| vec![c])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_of_countries_and_of_their_parts() {
        assert_eq!(file_name(&emoji("no")), "1f1f3-1f1f4.svg");
        assert_eq!(file_name(&emoji("gb-wls")), "1f3f4-e0067-e0062-e0077-e006c-e0073-e007f.svg");
    }
}
