//! AdamW with a one-cycle schedule, written out so that its state can be saved and resumed.

use anyhow::Result;
use tch::Tensor;
use vision::network::Role;

use crate::weights::{Weights, trained};

/// The highest learning rate.
const PEAK: f64 = 2.5e-3;
/// The part of the training during which the rate rises.
const RISE: f64 = 0.08;
/// Decay of the first and the second moment.
const DECAYS: [f64; 2] = [0.9, 0.99];
const EPSILON: f64 = 1e-8;
/// Shrinkage of the kernels and matrices, times the rate.
const SHRINKAGE: f64 = 0.05;

/// The moments of each trained parameter.
#[derive(Debug)]
pub struct Optimiser {
    first: Weights,
    second: Weights,
}

impl Optimiser {
    /// No steps done.
    pub fn new(weights: &Weights) -> Self {
        let zeros = || {
            let mut zeros = weights.copied();
            for (_, tensor, _) in &mut zeros.parts {
                let _ = tensor.zero_();
            }
            zeros
        };
        Self { first: zeros(), second: zeros() }
    }

    /// Moves the weights along their gradients, which it then forgets.
    pub fn step(&mut self, weights: &mut Weights, step: u64, rate: f64) {
        let [correct_first, correct_second] =
            DECAYS.map(|decay| 1.0 - decay.powf((step + 1) as f64));
        tch::no_grad(|| {
            for (i, (_, tensor, role)) in weights.parts.iter_mut().enumerate() {
                if !trained(*role) {
                    continue;
                }
                let mut gradient = tensor.grad();
                let (first, second) = (&mut self.first.parts[i].1, &mut self.second.parts[i].1);
                let _ = first.lerp_(&gradient, 1.0 - DECAYS[0]);
                let _ = second.lerp_(&gradient.square(), 1.0 - DECAYS[1]);
                if matches!(role, Role::ConvWeight | Role::DenseWeight) {
                    let _ = tensor.g_mul_scalar_(1.0 - rate * SHRINKAGE);
                }
                let scale = (&*second / correct_second).sqrt() + EPSILON;
                let _ = tensor.g_sub_(&(&*first / scale * (rate / correct_first)));
                let _ = gradient.zero_();
            }
        });
    }

    /// The moments under names of their own.
    pub fn listed(&self) -> Vec<(String, Tensor)> {
        self.first.listed("first.").into_iter().chain(self.second.listed("second.")).collect()
    }

    /// Takes the moments from a list.
    ///
    /// # Errors
    ///
    /// When one is missing.
    pub fn take(&mut self, list: &[(String, Tensor)]) -> Result<()> {
        self.first.take(list, "first.")?;
        self.second.take(list, "second.")
    }
}

/// The learning rate at a moment of the training, from 0 to 1.
pub fn rate(progress: f64) -> f64 {
    if progress < RISE {
        PEAK * (0.05 + 0.95 * progress / RISE)
    } else {
        let fall = ((progress - RISE) / (1.0 - RISE)).min(1.0);
        PEAK * (0.002 + 0.998 * 0.5 * (1.0 + (std::f64::consts::PI * fall).cos()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_to_its_peak_and_falls_to_almost_nothing() {
        assert!(rate(0.0) < 0.1 * PEAK);
        assert!((rate(RISE) - PEAK).abs() < 1e-9);
        assert!(rate(1.0) < 0.01 * PEAK);
    }
}
