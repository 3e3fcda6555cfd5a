//! From scores to the outputs that were wanted.

use app::problem::Problem;
use vision::prediction;

use super::{LOGITS, PROBABILITIES, malformed, request::Wanted};
use crate::service::Scored;

/// The answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The model.
    pub model: String,
    /// What the request called itself.
    pub id: Option<String>,
    /// The outputs, in the order that was wanted.
    pub outputs: Vec<Output>,
}

/// An output.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: [usize; 2],
    /// Its elements, row by row.
    pub values: Values,
    /// Whether it is wanted as binary data.
    pub binary: bool,
}

/// Elements of an output.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// `FP32`.
    Fp32(Vec<f32>),
    /// `BYTES` that are text.
    Text(Vec<String>),
}

impl Values {
    /// Its datatype in the protocol.
    pub fn datatype(&self) -> &'static str {
        match self {
            Self::Fp32(_) => "FP32",
            Self::Text(_) => "BYTES",
        }
    }

    /// Its elements as binary data.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Fp32(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            Self::Text(texts) => {
                let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
                let element = |text: &String| {
                    let mut bytes = length(text).to_le_bytes().to_vec();
                    bytes.extend_from_slice(text.as_bytes());
                    bytes
                };
                texts.iter().flat_map(element).collect()
            }
        }
    }
}

/// Which outputs are wanted: those that were named, or the one that is listed.
///
/// # Errors
///
/// When one does not exist, or is named twice.
pub(super) fn wanted(outputs: &[Wanted]) -> Result<Vec<Wanted>, Problem> {
    if outputs.is_empty() {
        return Ok(vec![Wanted { name: PROBABILITIES.to_owned(), ..Wanted::default() }]);
    }
    for (place, output) in outputs.iter().enumerate() {
        if output.name != PROBABILITIES && output.name != LOGITS {
            return Err(malformed(format!(
                "There is no output {:?}; there are {PROBABILITIES:?} and {LOGITS:?}.",
                output.name
            )));
        }
        if outputs[..place].iter().any(|before| before.name == output.name) {
            return Err(malformed(format!("The output {:?} is named twice.", output.name)));
        }
    }
    Ok(outputs.to_vec())
}

/// An output with the scores of all pictures.
pub(super) fn output(
    wanted: &Wanted,
    scores: &[Scored],
    labels: &[String],
    binary: bool,
) -> Output {
    let of = |scored: &Scored| -> Vec<f32> {
        if wanted.name == LOGITS { scored.logits.clone() } else { scored.probabilities.clone() }
    };
    let (columns, values) = match wanted.classification {
        None => (labels.len(), Values::Fp32(scores.iter().flat_map(of).collect())),
        Some(k) => {
            let k = k.min(labels.len());
            let words = |scored| classification(&of(scored), labels, k);
            (k, Values::Text(scores.iter().flat_map(words).collect()))
        }
    };
    Output {
        name: wanted.name.clone(),
        shape: [scores.len(), columns],
        values,
        binary: wanted.binary.unwrap_or(binary),
    }
}

/// The `k` highest values in words: value, index and label with colons between them. A label may
/// have colons itself, which does no harm in the last place.
fn classification(values: &[f32], labels: &[String], k: usize) -> Vec<String> {
    let best = prediction::top_k(values, labels, k);
    let word =
        |one: prediction::Prediction| format!("{:.6}:{}:{}", one.probability, one.index, one.label);
    best.into_iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(probabilities: &[f32]) -> Scored {
        let logits = probabilities.iter().map(|p| p * 10.0 - 5.0).collect();
        Scored { logits, probabilities: probabilities.to_vec() }
    }

    #[test]
    fn classes_are_told_with_value_index_and_label() {
        let labels = ["a", "b: c", "d"].map(String::from);
        let wanted = Wanted { name: LOGITS.into(), classification: Some(2), ..Wanted::default() };
        let scores = [scored(&[0.1, 0.7, 0.2]), scored(&[0.5, 0.0, 0.5])];
        let output = output(&wanted, &scores, &labels, false);
        assert_eq!(output.shape, [2, 2]);
        let expected = ["2.000000:1:b: c", "-3.000000:2:d", "0.000000:0:a", "0.000000:2:d"];
        assert_eq!(output.values, Values::Text(expected.map(String::from).to_vec()));
    }

    #[test]
    fn more_classes_than_there_are_mean_all() {
        let labels = ["a", "b"].map(String::from);
        let wanted = Wanted { classification: Some(9), ..Wanted::default() };
        assert_eq!(output(&wanted, &[scored(&[0.5, 0.5])], &labels, true).shape, [1, 2]);
    }

    #[test]
    fn texts_have_their_length_before_them() {
        let values = Values::Text(vec!["ab".into(), String::new()]);
        assert_eq!(values.to_bytes(), b"\x02\0\0\0ab\0\0\0\0");
    }
}
