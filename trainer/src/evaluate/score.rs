//! Counting.

use std::collections::BTreeMap;

use image::RgbImage;

use crate::calibrate;

use super::sets::Case;

/// One answer.
#[derive(Debug)]
pub struct Answer {
    /// The right class.
    pub class: usize,
    /// The answered class.
    pub answered: usize,
    /// Its probability.
    pub probability: f32,
    /// Whether the right class is among the first five.
    pub within_five: bool,
    /// A small copy of the picture.
    pub thumbnail: RgbImage,
    /// Number of the variant within the set, such as which size.
    pub variant: usize,
}

/// What a set of answers comes to. Parts are from 0 to 1.
#[derive(Debug)]
pub struct Score {
    /// Number of answers.
    pub n: usize,
    /// Right at the first guess.
    pub top_1: f64,
    /// Right within five.
    pub top_5: f64,
    /// Expected calibration error.
    pub calibration: f64,
    /// Classes with the part that was right, the worst first.
    pub worst: Vec<(usize, f64)>,
    /// Which class was taken for which other, and how often, the most frequent first.
    pub confusions: Vec<((usize, usize), usize)>,
}

impl Answer {
    /// Judges the probabilities for a picture.
    pub fn new(probabilities: &[f32], case: &Case) -> Self {
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        Self {
            class: case.class,
            answered: order[0],
            probability: probabilities[order[0]],
            within_five: order[..5].contains(&case.class),
            thumbnail: case.thumbnail.clone(),
            variant: case.variant,
        }
    }

    /// Whether the first guess is right.
    pub fn right(&self) -> bool {
        self.class == self.answered
    }
}

impl Score {
    /// Counts.
    pub fn of<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Self {
        let answers: Vec<&Answer> = answers.into_iter().collect();
        let part = |f: fn(&Answer) -> bool| {
            answers.iter().filter(|answer| f(answer)).count() as f64 / answers.len().max(1) as f64
        };
        let mut classes: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        let mut confusions: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for answer in &answers {
            let counts = classes.entry(answer.class).or_default();
            counts.1 += 1;
            if answer.right() {
                counts.0 += 1;
            } else {
                *confusions.entry((answer.class, answer.answered)).or_default() += 1;
            }
        }
        let mut worst: Vec<_> = classes
            .into_iter()
            .map(|(class, (right, n))| (class, right as f64 / n as f64))
            .filter(|(_, part)| *part < 1.0)
            .collect();
        worst.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut confusions: Vec<_> = confusions.into_iter().collect();
        confusions.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let sure: Vec<_> =
            answers.iter().map(|answer| (answer.probability, answer.right())).collect();
        Self {
            n: answers.len(),
            top_1: part(Answer::right),
            top_5: part(|answer| answer.within_five),
            calibration: calibrate::expected_error(&sure),
            worst,
            confusions,
        }
    }
}
