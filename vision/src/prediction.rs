//! From logits to the answer that people read.

mod output;

use std::cmp::Ordering;

pub use output::{Output, OutputKind};

/// One class with its probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Index of the class, from 0.
    pub index: usize,
    /// Label of the class.
    pub label: String,
    /// Probability in `0..=1`.
    pub probability: f32,
}

/// Probabilities of logits that are divided by a temperature first.
///
/// A temperature above 1 makes a network that is too sure of itself less so, and never changes the
/// order (Guo et al., "On Calibration of Modern Neural Networks", 2017). The sum is taken in `f64`
/// and the largest logit subtracted before, so finite logits of any size give finite
/// probabilities.
///
/// # Panics
///
/// When the temperature is not above zero, or when a logit is not finite: a card and a model let
/// neither through.
pub fn softmax(logits: &[f32], temperature: f32) -> Vec<f32> {
    assert!(temperature > 0.0 && temperature.is_finite(), "a temperature is above zero");
    assert!(logits.iter().all(|logit| logit.is_finite()), "logits are finite");
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f64> = logits
        .iter()
        .map(|&logit| ((f64::from(logit) - f64::from(largest)) / f64::from(temperature)).exp())
        .collect();
    let total: f64 = exponentials.iter().sum();
    exponentials.iter().map(|exponential| (exponential / total) as f32).collect()
}

/// The `k` most probable classes, the first of equals first. Fewer if there are fewer classes.
///
/// # Panics
///
/// When there are fewer labels than probabilities.
pub fn top_k(probabilities: &[f32], labels: &[String], k: usize) -> Vec<Prediction> {
    let order = |&a: &usize, &b: &usize| -> Ordering {
        probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b))
    };
    let mut indices: Vec<usize> = (0..probabilities.len()).collect();
    // The rest need not be in order: they are a thousand as a rule, and five are asked for.
    if k < indices.len() {
        indices.select_nth_unstable_by(k, order);
        indices.truncate(k);
    }
    indices.sort_unstable_by(order);
    indices
        .into_iter()
        .map(|index| Prediction {
            index,
            label: labels[index].clone(),
            probability: probabilities[index],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Protects the numbers themselves: e^1, e^2 and e^3 by their sum.
    #[test]
    fn known_values() {
        let probabilities = softmax(&[1.0, 2.0, 3.0], 1.0);
        assert_eq!(probabilities, [0.090_030_57, 0.244_728_48, 0.665_240_94]);
        // Twice the temperature is half the logit.
        assert_eq!(softmax(&[2.0, 4.0, 6.0], 2.0), probabilities);
    }

    /// Protects a stable answer: among equals the class with the smaller index comes first.
    #[test]
    fn ties_go_by_index() {
        let labels = ["a", "b", "c", "d"].map(String::from);
        let top = top_k(&[0.2, 0.3, 0.3, 0.2], &labels, 3);
        let found: Vec<_> = top.iter().map(|one| (one.index, one.label.as_str())).collect();
        assert_eq!(found, [(1, "b"), (2, "c"), (0, "a")]);
        assert_eq!(top_k(&[0.4, 0.6], &labels, 9).len(), 2);
    }

    proptest! {
        /// Protects against overflow: any finite logits give probabilities in the same order.
        #[test]
        fn any_finite_logits_give_probabilities(
            logits in prop::collection::vec(
                prop_oneof![-30_f32..30.0, prop::num::f32::NORMAL | prop::num::f32::ZERO, Just(f32::MAX), Just(f32::MIN)],
                1..50,
            ),
            temperature in 0.05_f32..20.0,
        ) {
            let probabilities = softmax(&logits, temperature);
            let total: f64 = probabilities.iter().map(|&p| f64::from(p)).sum();
            prop_assert!((total - 1.0).abs() < 1e-5, "{total}");
            prop_assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)));
            for (a, b) in logits.iter().zip(&probabilities).flat_map(|a| {
                logits.iter().zip(&probabilities).map(move |b| (a, b))
            }) {
                prop_assert!(a.0 > b.0 || a.1 <= b.1, "{a:?} {b:?}");
            }
        }
    }
}
