//! Whole numbers in JSON, which knows one kind of number: `3.0` is as whole as `3`.

use serde::{
    Deserialize,
    de::{Deserializer, Error},
};
use serde_json::Number;

/// Above it, not every whole number is an `f64`.
const MOST: f64 = (1_u64 << 53) as f64;

/// Reads a whole number of at least 0, or `null`.
///
/// # Errors
///
/// For anything else, and for what does not fit.
pub(crate) fn whole<'de, D, N>(from: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<u64>,
{
    let Some(number) = Option::<Number>::deserialize(from)? else { return Ok(None) };
    let fits = |&n: &f64| n.fract() == 0.0 && (0.0..=MOST).contains(&n);
    let read = number.as_u64().or_else(|| Some(number.as_f64().filter(fits)? as u64));
    read.and_then(|n| N::try_from(n).ok()).map(Some).ok_or_else(|| {
        D::Error::custom(format!("{number} is not a whole number from 0, or is too large"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_by_its_value() {
        let read = |json: &str| {
            let mut deserializer = serde_json::Deserializer::from_str(json);
            whole::<_, u32>(&mut deserializer).map_err(|error| error.to_string())
        };
        for (json, expected) in
            [("3", Some(3)), ("3.0", Some(3)), ("2e2", Some(200)), ("null", None)]
        {
            assert_eq!(read(json), Ok(expected), "{json}");
        }
        for json in ["-1", "0.5", "-0.5", "1e10", "1e300", "\"3\"", "[3]", "true"] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
