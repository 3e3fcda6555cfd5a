//! What an island is given, as text.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A value as JSON.
///
/// Islands read what they are given from a string and server functions from bytes, and code that
/// reads a type is made for each of the two. With this everything is read from bytes, which takes
/// a tenth off the module that the browser loads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Packed(String);

impl Packed {
    /// Packs a value.
    #[cfg(feature = "ssr")]
    pub(crate) fn new(value: &impl Serialize) -> Self {
        Self(serde_json::to_string(value).unwrap_or_default())
    }

    /// The value; `None` if it is of another type, which would be a bug.
    pub(crate) fn open<T: DeserializeOwned>(self) -> Option<T> {
        serde_json::from_slice(self.0.as_bytes()).ok()
    }
}
