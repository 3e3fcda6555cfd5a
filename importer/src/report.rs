//! What an import says on its way.

use std::{io::Write, path::Path};

use vision::{
    decode::PictureFormat,
    prediction::Prediction,
    preprocess::{Preprocess, ResizeRule},
};

use crate::{
    card::words, container::Container, convert::Written, error::Shape, plan::Plan,
    preparation::Preset, transform::Transform,
};

/// Tensors that are listed if they are only copied; of the others all are.
const LISTED: usize = 40;

/// One line. What cannot be said does not stop an import.
pub(crate) fn line(say: &mut dyn Write, text: &str) {
    let _ = writeln!(say, "{text}");
}

/// The network and a table of what becomes what.
pub(crate) fn plan(say: &mut dyn Write, file: &dyn Container, plan: &Plan) {
    let numbers: usize = plan.steps.iter().map(|s| s.shape.iter().product::<usize>()).sum();
    let (name, classes) = (plan.network.name(), plan.network.classes());
    let tensors = plan.steps.len();
    line(say, &format!("network: {name}, {classes} classes, {tensors} tensors, {numbers} numbers"));
    let rows: Vec<[String; 5]> = plan
        .steps
        .iter()
        .map(|step| {
            let from = &file.stored()[step.index];
            [
                from.key.clone(),
                format!("{} {}", from.number, Shape(&from.shape)),
                step.key.clone(),
                Shape(&step.shape).to_string(),
                step.transform.to_string(),
            ]
        })
        .collect();
    let width = |i: usize| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0);
    let widths: [usize; 4] = std::array::from_fn(width);
    let mut copied = 0;
    for (row, step) in rows.iter().zip(&plan.steps) {
        if step.transform == Transform::Copy {
            copied += 1;
            if copied > LISTED {
                continue;
            }
        }
        let [key, stored, ours, shape, how] = row;
        let [a, b, c, d] = widths;
        line(say, &format!("  {key:a$}  {stored:b$} -> {ours:c$}  {shape:d$}  {how}"));
    }
    if copied > LISTED {
        line(say, &format!("  and {} more, as they are", copied - LISTED));
    }
    for note in &plan.notes {
        line(say, &format!("note: {note}"));
    }
}

/// How pictures are prepared, since another way gives no error and wrong answers.
pub(crate) fn pictures(say: &mut dyn Write, settings: &Preprocess) {
    let words = words(settings);
    let resize = match settings.resize {
        ResizeRule::Squash => "squashed".to_owned(),
        ResizeRule::ShortSide(side) => format!("short side {side}, middle cut out"),
    };
    let name = Preset::of(settings).map_or("a way of their own", Preset::name);
    let range = if words.scale == "unit" { "0..1" } else { "0..255" };
    line(
        say,
        &format!(
            "pictures: {name}: {resize} to {} px ({}), {}, {range}, mean {:?}, deviation {:?}",
            settings.size, words.interpolation, words.channels, settings.mean, settings.std
        ),
    );
}

/// What the new model sees in a picture.
pub(crate) fn answer(say: &mut dyn Write, picture: Option<&Path>, answer: &[Prediction]) {
    let picture =
        picture.map_or_else(|| "a gradient".to_owned(), |path| path.display().to_string());
    line(say, &format!("check: in {picture} it sees"));
    for one in answer {
        line(say, &format!("  {:>5.1} %  {}", one.probability * 100.0, one.label));
    }
}

/// Where it is.
pub(crate) fn done(say: &mut dyn Write, folder: &Path, weights: &Written) {
    let Written { sha256, size } = weights;
    let megabytes = *size as f64 / 1e6;
    line(say, &format!("{}: {megabytes:.1} MB, SHA-256 {sha256}", folder.display()));
}

/// A file name for a picture.
pub(crate) fn example_name(format: PictureFormat) -> &'static str {
    match format {
        PictureFormat::Jpeg => "example.jpg",
        PictureFormat::Png => "example.png",
        PictureFormat::WebP => "example.webp",
        PictureFormat::Gif => "example.gif",
        PictureFormat::Bmp => "example.bmp",
    }
}
