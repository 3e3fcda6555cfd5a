//! What the numbers mean that a network puts out.

use serde::Deserialize;

use super::softmax;

/// What a network puts out, and how it becomes probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Output {
    /// What the numbers are.
    pub kind: OutputKind,
    /// Logits are divided by this before they become probabilities; above zero, and 1 for
    /// probabilities.
    pub temperature: f32,
}

/// What the numbers are that a network puts out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputKind {
    /// Any numbers, which a softmax makes probabilities of.
    #[default]
    Logits,
    /// Probabilities already: the softmax is part of the network.
    Probabilities,
}

impl Default for Output {
    fn default() -> Self {
        Self { kind: OutputKind::Logits, temperature: 1.0 }
    }
}

impl Output {
    /// Probabilities in `0..=1`, one for each class, of the finite numbers for one picture.
    ///
    /// Logits go through [`softmax`]. Probabilities stay as they are, but for what rounding put
    /// outside of `0..=1`: a network that gives each class a probability of its own is not made to
    /// sum to one.
    ///
    /// # Panics
    ///
    /// As [`softmax`] does.
    pub fn probabilities(&self, raw: &[f32]) -> Vec<f32> {
        match self.kind {
            OutputKind::Logits => softmax(raw, self.temperature),
            OutputKind::Probabilities => raw.iter().map(|p| p.clamp(0.0, 1.0)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects networks with a softmax of their own from a second one.
    #[test]
    fn probabilities_stay_as_they_are() {
        let raw = [0.75, 0.250_000_1, -1e-7, 1.000_001];
        let output = Output { kind: OutputKind::Probabilities, temperature: 1.0 };
        assert_eq!(output.probabilities(&raw), [0.75, 0.250_000_1, 0.0, 1.0]);
        assert_eq!(Output::default().probabilities(&[1.0, 1.0]), [0.5, 0.5]);
        let warm = Output { temperature: 2.0, ..Output::default() };
        assert_eq!(warm.probabilities(&[0.0, 2.0]), softmax(&[0.0, 1.0], 1.0));
    }
}
