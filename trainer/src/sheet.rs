//! A look at the art: which drawings are the same, and a sheet of all of them.

use std::{path::Path, time::Instant};

use anyhow::Result;
use image::{Rgb, RgbImage, imageops};

use crate::{
    art::{Art, Drawing, Pack, Texture, flag_icon, render, test_drawing},
    classes::Classes,
    feed::Batch,
    sample::seeds,
};

/// Sides of a drawing that is compared.
const COMPARED: (usize, usize) = (48, 36);

/// Prints which classes of `flag-icons` have (almost) the same drawing and which other drawings
/// differ from it, and saves all drawings side by side.
///
/// # Errors
///
/// When the art is incomplete or the sheet cannot be written.
pub fn drawings(art: &Path, out: &Path) -> Result<()> {
    let classes = Classes::load(art)?;
    let art = Art::load(art, &classes, &Pack::ALL)?;
    println!("{} classes, {} objects", classes.count(), art.objects.len());
    let all: Vec<&Drawing> = art.flags.iter().flatten().collect();
    let owners: Vec<&&Drawing> =
        all.iter().filter(|drawing| drawing.pack == Pack::FlagIconsWide).collect();
    for (i, a) in owners.iter().enumerate() {
        for b in &owners[i + 1..] {
            let distance = distance(&a.textures[0], &b.textures[0]);
            if distance < 0.04 {
                let merged = classes.of(&a.code) == classes.of(&b.code);
                println!("{distance:.4} {} {} merged: {merged}", a.code, b.code);
            }
        }
    }
    for drawing in &all {
        let owner = owners.iter().find(|owner| owner.code == drawing.code);
        let distance = owner.map_or(1.0, |o| distance(&o.textures[0], &drawing.textures[0]));
        if distance > 0.12 {
            println!("{distance:.4} {} of {:?} differs", drawing.code, drawing.pack);
        }
    }
    let copies: Vec<_> = all.iter().map(|drawing| as_image(&drawing.textures[0])).collect();
    tiled(&copies, 18).save(out)?;
    Ok(())
}

/// Saves pictures as training draws them, as the network sees them.
///
/// # Errors
///
/// When the art is incomplete or the sheet cannot be written.
pub fn training(art: &Path, out: &Path, n: u64) -> Result<()> {
    let classes = Classes::load(art)?;
    let art = Art::load(art, &classes, &Pack::ALL)?;
    let start = Instant::now();
    let batch = Batch::make(&art, seeds::TRAINING, 0, n, 64);
    println!("{:.0} pictures a second", n as f64 / start.elapsed().as_secs_f64());
    let pictures: Vec<_> = batch
        .pixels
        .chunks_exact(64 * 64 * 3)
        .filter_map(|bytes| RgbImage::from_raw(64, 64, bytes.to_vec()))
        .collect();
    tiled(&pictures, 20).save(out)?;
    Ok(())
}

/// Saves the drawing of `flag-icons` and, below it, the drawing of the test for each code, to find
/// the codes for which the two are different flags.
///
/// # Errors
///
/// When the art is incomplete or the sheet cannot be written.
pub fn test(art: &Path, out: &Path) -> Result<()> {
    let classes = Classes::load(art)?;
    let mut pairs = Vec::new();
    for (code, _) in classes.codes() {
        let path = test_drawing(art, code);
        if path.exists() {
            let (a, b) =
                (render(&flag_icon(art, Pack::FlagIconsWide, code), 120)?, render(&path, 120)?);
            let both = [as_image(&a), as_image(&b)];
            pairs.push((distance(&a, &b), code, tiled(&both, 1)));
        } else {
            println!("no {code}");
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (i, (distance, code, _)) in pairs.iter().enumerate() {
        print!("{code} {distance:.2}{}", if i % 20 == 19 { "\n" } else { "  " });
    }
    let pictures: Vec<_> = pairs.into_iter().map(|(_, _, picture)| picture).collect();
    tiled(&pictures, 20).save(out)?;
    Ok(())
}

/// Root of the mean squared difference of two drawings, of 0 to 1.
pub fn distance(a: &Texture, b: &Texture) -> f32 {
    let [a, b] = [a, b].map(|texture| texture.resized(COMPARED.0, COMPARED.1));
    let sum: f32 = a
        .pixels()
        .iter()
        .zip(b.pixels())
        .flat_map(|(a, b)| a[..3].iter().zip(&b[..3]))
        .map(|(&a, &b)| ((f32::from(a) - f32::from(b)) / 255.0).powi(2))
        .sum();
    (sum / (3 * COMPARED.0 * COMPARED.1) as f32).sqrt()
}

fn as_image(texture: &Texture) -> RgbImage {
    let (width, height) = (60, 44);
    let copy = texture.resized(width, height);
    let bytes = copy.pixels().iter().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    RgbImage::from_raw(width as u32, height as u32, bytes).expect("three bytes for each pixel")
}

/// Pictures of one size side by side.
pub fn tiled(pictures: &[RgbImage], columns: usize) -> RgbImage {
    let (width, height) = pictures.first().map_or((1, 1), RgbImage::dimensions);
    let (width, height) = (i64::from(width) + 4, i64::from(height) + 4);
    let rows = pictures.len().div_ceil(columns) as i64;
    let mut sheet = RgbImage::from_pixel(
        (columns as i64 * width) as u32,
        (rows * height) as u32,
        Rgb([128; 3]),
    );
    for (i, picture) in pictures.iter().enumerate() {
        let (column, row) = ((i % columns) as i64, (i / columns) as i64);
        imageops::replace(&mut sheet, picture, column * width + 2, row * height + 2);
    }
    sheet
}
