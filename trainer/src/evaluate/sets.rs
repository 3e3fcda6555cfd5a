//! The sets of pictures that the model is tested on.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use image::{DynamicImage, RgbImage, imageops::FilterType};

use crate::{
    art::{Art, Drawing, Texture, drawing_file, render, test_drawing},
    canvas::Canvas,
    classes::Classes,
    negatives,
    sample::{self, seeds},
    scene,
    served::{jpeg, png},
    train::SIDE,
};

use super::LEFT_OUT;

/// Longer sides of clean renderings.
pub const SIZES: [u32; 3] = [64, 224, 640];
/// Pictures of each class of augmented training art.
const EACH: u64 = 20;
/// Pictures of each test drawing under moderate changes.
const MODERATE: u64 = 8;
/// Longer side of these.
const MODERATE_SIDE: usize = 320;
/// Generated pictures without a flag.
const NEGATIVES: u64 = 300;

/// A set of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Set {
    /// The drawings of the training under everything that training does to a picture.
    Photographed,
    /// As before, and the drawings themselves varied as in training.
    Redrawn,
    /// The drawings of the training as they are.
    Clean,
    /// The drawings of the test as they are.
    TestClean,
    /// The drawings of the test under moderate changes.
    TestModerate,
    /// Pictures without a flag.
    NoFlags,
}

/// A picture to answer.
#[derive(Debug)]
pub struct Case {
    /// The encoded picture.
    pub bytes: Vec<u8>,
    /// The right class.
    pub class: usize,
    /// Which variant it is, such as the index of its size.
    pub variant: usize,
    /// A small copy for the report.
    pub thumbnail: RgbImage,
}

type Visit<'a> = &'a mut dyn FnMut(Case) -> Result<()>;

impl Set {
    /// All sets in the order of the report.
    pub const ALL: [Self; 6] = [
        Self::Photographed,
        Self::Redrawn,
        Self::Clean,
        Self::TestClean,
        Self::TestModerate,
        Self::NoFlags,
    ];

    /// What the set is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Photographed => "training art, augmented",
            Self::Redrawn => "training art, augmented and redrawn",
            Self::Clean => "training art, clean",
            Self::TestClean => "country-flag-icons, clean",
            Self::TestModerate => "country-flag-icons, moderately augmented",
            Self::NoFlags => "no flags",
        }
    }

    /// Number of pictures.
    pub fn count(self, art: &Art, classes: &Classes, photographs: &[PathBuf]) -> usize {
        match self {
            Self::Photographed | Self::Redrawn => (classes.count() - 1) * EACH as usize,
            Self::Clean => art.flags.iter().flatten().count() * SIZES.len(),
            Self::TestClean => test_codes(art, classes).len() * SIZES.len(),
            Self::TestModerate => test_codes(art, classes).len() * MODERATE as usize,
            Self::NoFlags => NEGATIVES as usize + photographs.len() * 6,
        }
    }

    /// Makes the pictures one after another.
    pub fn each(
        self,
        art: &Art,
        classes: &Classes,
        photographs: &[PathBuf],
        visit: Visit<'_>,
    ) -> Result<()> {
        match self {
            Self::Photographed | Self::Redrawn => self.augmented(art, classes, visit),
            Self::Clean => {
                for (class, drawings) in art.flags.iter().enumerate() {
                    for drawing in drawings {
                        for (variant, size) in SIZES.into_iter().enumerate() {
                            let image = on_white(&training_drawing(art, drawing, size)?);
                            visit(case(png(&image)?, class, variant, &image))?;
                        }
                    }
                }
                Ok(())
            }
            Self::TestClean => {
                for (code, class) in test_codes(art, classes) {
                    for (variant, size) in SIZES.into_iter().enumerate() {
                        let image = on_white(&render(&test_drawing(&art.folder, code), size)?);
                        visit(case(png(&image)?, class, variant, &image))?;
                    }
                }
                Ok(())
            }
            Self::TestModerate => moderate(art, classes, visit),
            Self::NoFlags => no_flags(art, classes, photographs, visit),
        }
    }

    fn augmented(self, art: &Art, classes: &Classes, visit: Visit<'_>) -> Result<()> {
        // The two sets share no seed either.
        let start = if self == Self::Photographed { 0 } else { 1 << 40 };
        for number in 0..EACH * (classes.count() as u64 - 1) {
            let class = (number / EACH) as usize;
            let mut rng = sample::rng(seeds::TEST, start + number);
            let canvas = if self == Self::Photographed {
                scene::photographed(&art.flags[class], art, SIDE, &mut rng)
            } else {
                scene::training(&art.flags[class], art, SIDE, &mut rng)
            };
            let image = canvas.context("a class without drawings")?.to_image();
            visit(case(png(&image)?, class, 0, &image))?;
        }
        Ok(())
    }
}

/// The codes that the test has and that it draws as the class is.
fn test_codes<'a>(art: &Art, classes: &'a Classes) -> Vec<(&'a str, usize)> {
    classes
        .codes()
        .filter(|(code, _)| !LEFT_OUT.contains(code) && test_drawing(&art.folder, code).exists())
        .collect()
}

fn moderate(art: &Art, classes: &Classes, visit: Visit<'_>) -> Result<()> {
    for (i, (code, class)) in test_codes(art, classes).into_iter().enumerate() {
        let texture = render(&test_drawing(&art.folder, code), 512)?;
        for j in 0..MODERATE {
            let mut rng = sample::rng(seeds::TEST, (2 << 40) + i as u64 * MODERATE + j);
            let image = scene::moderate(&texture, MODERATE_SIDE, art, &mut rng).to_image();
            visit(case(jpeg(&image, 40)?, class, 0, &image))?;
        }
    }
    Ok(())
}

/// Generated pictures, then each photograph: all of it, its middle and its four quarters.
fn no_flags(art: &Art, classes: &Classes, photographs: &[PathBuf], visit: Visit<'_>) -> Result<()> {
    let class = classes.not_a_flag();
    for number in 0..NEGATIVES {
        let mut rng = sample::rng(seeds::TEST, (3 << 40) + number);
        let image = negatives::picture(art, 2 * SIDE, &mut rng).to_image();
        visit(case(png(&image)?, class, 0, &image))?;
    }
    for path in photographs {
        let bytes = fs::read(path)?;
        let image = image::load_from_memory(&bytes)
            .with_context(|| format!("{} is no picture", path.display()))?
            .to_rgb8();
        visit(case(bytes, class, 1, &image))?;
        let (width, height) = (image.width() / 2, image.height() / 2);
        for (left, top) in
            [(0, 0), (width, 0), (0, height), (width, height), (width / 2, height / 2)]
        {
            let part = image::imageops::crop_imm(&image, left, top, width, height).to_image();
            visit(case(png(&part)?, class, 2, &part))?;
        }
    }
    Ok(())
}

/// The drawing anew at this size where it is an SVG, enlarged or reduced where it is a bitmap.
fn training_drawing(art: &Art, drawing: &Drawing, size: u32) -> Result<Texture> {
    match drawing_file(&art.folder, drawing.pack, &drawing.code) {
        Some(path) => Ok(render(&path, size)?.trimmed()),
        None => {
            let texture = &drawing.textures[0];
            let scale = size as f32 / texture.width().max(texture.height()) as f32;
            let side = |side: usize| (side as f32 * scale).round().max(1.0) as usize;
            Ok(texture.resized(side(texture.width()), side(texture.height())))
        }
    }
}

fn on_white(texture: &Texture) -> RgbImage {
    let pixels = texture.pixels().iter().map(|&[red, green, blue, alpha]| {
        // The colours are already multiplied by the opacity.
        [red, green, blue].map(|part| (f32::from(part) + 255.0 - f32::from(alpha)) / 255.0)
    });
    let pixels = pixels.collect();
    Canvas { width: texture.width(), height: texture.height(), pixels }.to_image()
}

fn case(bytes: Vec<u8>, class: usize, variant: usize, image: &RgbImage) -> Case {
    let image = DynamicImage::ImageRgb8(image.clone());
    let thumbnail = image.resize_exact(96, 72, FilterType::Triangle).to_rgb8();
    Case { bytes, class, variant, thumbnail }
}
