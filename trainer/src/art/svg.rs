//! Drawings in SVG.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use resvg::{tiny_skia, usvg};

use super::texture::Texture;

/// Renders a file so that its longer side has `side` pixels.
///
/// # Errors
///
/// When the file cannot be read or is no SVG.
pub fn render(path: &Path, side: u32) -> Result<Texture> {
    let tree = parse(path)?;
    let size = tree.size();
    let scale = side as f32 / size.width().max(size.height());
    let width = (size.width() * scale).round().max(1.0) as u32;
    let height = (size.height() * scale).round().max(1.0) as u32;
    draw(&tree, width, height)
}

/// Renders a file at exactly this size, whatever its own proportions.
///
/// # Errors
///
/// When the file cannot be read or is no SVG.
pub fn render_at(path: &Path, width: u32, height: u32) -> Result<Texture> {
    draw(&parse(path)?, width, height)
}

fn parse(path: &Path) -> Result<usvg::Tree> {
    let text = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    usvg::Tree::from_data(&text, &usvg::Options::default())
        .with_context(|| format!("{} is no SVG", path.display()))
}

fn draw(tree: &usvg::Tree, width: u32, height: u32) -> Result<Texture> {
    let mut pixmap = tiny_skia::Pixmap::new(width, height).context("a drawing without a size")?;
    let size = tree.size();
    let transform = tiny_skia::Transform::from_scale(
        width as f32 / size.width(),
        height as f32 / size.height(),
    );
    resvg::render(tree, transform, &mut pixmap.as_mut());
    let pixels = pixmap
        .pixels()
        .iter()
        .map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()])
        .collect();
    Ok(Texture::new(width as usize, height as usize, pixels))
}
