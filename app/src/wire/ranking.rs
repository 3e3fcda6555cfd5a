use serde::{Deserialize, Serialize};

use super::Prediction;
use crate::json::read::objects;

/// Nothing is less probable than this, in thousandths of a nat: 10⁻²⁶.
const FLOOR: f32 = 60_000.0;

/// All classes of a model with their probabilities, best first, in little room: for a thousand
/// classes 3 kB once it is compressed, where their labels and figures take 20 kB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranking {
    /// Index of each class in the model's list of labels.
    classes: Vec<u16>,
    /// By how much the negative logarithm of the probability grows from the class before, in
    /// thousandths of a nat, so that a probability is true to a thousandth of itself.
    steps: Vec<u16>,
}

objects! { Ranking { classes, steps } }

/// A class in its place among all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Place, from 1.
    pub rank: u32,
    /// Index of the class.
    pub class: u32,
    /// Probability in `0..=1`.
    pub probability: f32,
}

impl Ranking {
    /// Of all classes, best first.
    pub fn new(predictions: &[Prediction]) -> Self {
        let mut last = 0;
        let steps = predictions.iter().map(|prediction| {
            let depth = (-1000.0 * prediction.probability.ln()).clamp(0.0, FLOOR).round() as u16;
            let step = depth.saturating_sub(last);
            last = depth.max(last);
            step
        });
        let steps = steps.collect();
        Self { classes: predictions.iter().map(|it| it.index as u16).collect(), steps }
    }

    /// The classes in their places.
    pub fn iter(&self) -> impl Iterator<Item = Ranked> {
        let depths = self.steps.iter().scan(0_u32, |depth, step| {
            *depth += u32::from(*step);
            Some(*depth)
        });
        (1..).zip(self.classes.iter().zip(depths)).map(|(rank, (class, depth))| Ranked {
            rank,
            class: u32::from(*class),
            probability: (depth as f32 / -1000.0).exp(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_probabilities() {
        let probabilities = [0.9134_f32, 0.0412, 0.0412, 0.0003, 1e-12, 0.0];
        let predictions: Vec<_> = (0..)
            .zip(probabilities)
            .map(|(index, probability)| Prediction {
                index: 900 - index,
                label: String::new(),
                probability,
            })
            .collect();
        let ranked: Vec<_> = Ranking::new(&predictions).iter().collect();
        assert_eq!(ranked.len(), predictions.len());
        for (place, (ranked, prediction)) in (1..).zip(ranked.iter().zip(&predictions)) {
            assert_eq!((ranked.rank, ranked.class), (place, prediction.index));
            let off = (ranked.probability - prediction.probability).abs();
            assert!(off <= 0.001 * prediction.probability + 1e-25, "{ranked:?} {prediction:?}");
        }
    }

    #[test]
    fn is_small() {
        let probability = |i: u32| (1.0 / (2.0 + i as f32)).powi(2);
        let predictions = (0..1000).map(|index| Prediction {
            index,
            label: String::new(),
            probability: probability(index),
        });
        let ranking = Ranking::new(&predictions.collect::<Vec<_>>());
        let json = serde_json::to_string(&ranking).expect("numbers");
        assert!(json.len() < 8_000, "{} bytes", json.len());
    }
}
