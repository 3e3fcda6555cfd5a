//! Answers of networks, which differ in their last digits with the pictures that share a batch.

use serde_json::Value;

/// How far apart two probabilities of the same picture may be.
const ROUNDING: f64 = 1e-5;

/// Checks that two answers say the same, but for the last digits of numbers.
#[track_caller]
pub fn assert_alike(left: &Value, right: &Value) {
    assert!(alike(left, right), "{left}\nis unlike\n{right}");
}

fn alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| alike(a, b))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, a)| right.get(key).is_some_and(|b| alike(a, b)))
        }
        (Value::Number(left), Value::Number(right)) => {
            let apart = left.as_f64().zip(right.as_f64()).map(|(a, b)| (a - b).abs());
            apart.is_some_and(|apart| apart <= ROUNDING)
        }
        (left, right) => left == right,
    }
}
