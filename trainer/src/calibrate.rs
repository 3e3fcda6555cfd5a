//! Making probabilities honest: the temperature, and how far off what is left is.

/// An answer reduced to what calibration needs.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Logits of all classes.
    pub logits: Vec<f32>,
    /// The right class.
    pub class: usize,
}

/// The temperature that makes the right answers likeliest (Guo et al., "On Calibration of Modern
/// Neural Networks", 2017).
pub fn temperature(judged: &[Judged]) -> f64 {
    // The likelihood has one peak in the logarithm of the temperature: a golden section finds it.
    let golden = (5.0f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.1f64.ln(), 10.0f64.ln());
    for _ in 0..40 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if surprise(judged, a.exp()) < surprise(judged, b.exp()) {
            high = b;
        } else {
            low = a;
        }
    }
    ((low + high) / 2.0).exp()
}

/// Expected calibration error over fifteen bins: how far, in the mean, the probability of the first
/// answer is from how often such answers are right. Takes pairs of the probability and whether the
/// answer was right.
pub fn expected_error(answers: &[(f32, bool)]) -> f64 {
    const BINS: usize = 15;
    let mut bins = [(0.0, 0.0); BINS];
    for &(probability, right) in answers {
        let bin = ((probability * BINS as f32) as usize).min(BINS - 1);
        bins[bin].0 += f64::from(probability);
        bins[bin].1 += f64::from(u8::from(right));
    }
    bins.iter().map(|(sure, right)| (sure - right).abs()).sum::<f64>() / answers.len() as f64
}

/// Mean negative logarithm of the probability of the right class.
fn surprise(judged: &[Judged], temperature: f64) -> f64 {
    let sum: f64 = judged
        .iter()
        .map(|Judged { logits, class }| {
            let scaled = |logit: &f32| f64::from(*logit) / temperature;
            let highest = logits.iter().map(scaled).fold(f64::MIN, f64::max);
            let total: f64 = logits.iter().map(|logit| (scaled(logit) - highest).exp()).sum();
            total.ln() + highest - scaled(&logits[*class])
        })
        .sum();
    sum / judged.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_are_as_often_right_as_they_say_have_no_error() {
        let answers = [(0.75, true), (0.75, true), (0.75, true), (0.75, false)];
        assert!(expected_error(&answers) < 1e-6);
    }

    #[test]
    fn sure_and_always_wrong_is_the_largest_error() {
        assert!((expected_error(&[(1.0, false), (1.0, false)]) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn bins_do_not_hide_each_other() {
        // One bin is 0.2 too sure, the other 0.2 too unsure.
        let answers = [(0.2, false), (0.8, true)];
        assert!((expected_error(&answers) - 0.2).abs() < 1e-6);
    }

    #[test]
    fn a_network_that_is_too_sure_is_cooled_down() {
        // Three of four right at a difference of 4: the difference should be ln 3.
        let judged: Vec<_> =
            (0..4).map(|i| Judged { logits: vec![4.0, 0.0], class: usize::from(i == 0) }).collect();
        assert!((temperature(&judged) - 4.0 / 3.0f64.ln()).abs() < 1e-3);
    }
}
