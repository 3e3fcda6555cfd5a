//! JSON objects and nothing else.

use serde::de::{DeserializeOwned, Error};

/// Reads an object. A struct could be read from a list of its fields, too, which nobody means.
///
/// # Errors
///
/// When it is none, or not the one that is expected.
pub(crate) fn object<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    if json.trim_ascii_start().starts_with(b"[") {
        return Err(serde_json::Error::custom("it is a list where an object is expected"));
    }
    serde_json::from_slice(json)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Wish {
        #[serde(default)]
        ready: bool,
    }

    #[test]
    fn a_list_is_no_object() {
        assert!(object::<Wish>(b" {\"ready\": true}").is_ok_and(|wish| wish.ready));
        for list in ["[]", " [true]", "7", "null", ""] {
            assert!(object::<Wish>(list.as_bytes()).is_err(), "{list}");
        }
    }
}
