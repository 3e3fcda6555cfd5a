//! One of the instances of a request.

use std::fmt;

use app::{classify::Picture, problem::Problem};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{
    oip::{Flat, interleave, malformed},
    service::Item,
};

/// Members of an object that may hold the picture, besides `b64` itself.
const NAMES: [&str; 6] = ["b64", "image", "image_bytes", "data", "input", "inputs"];

/// A picture or a tensor, perhaps wrapped in an object: `{"b64": …}`, `{"image_bytes": {"b64": …}}`.
#[derive(Debug)]
pub(super) enum Instance {
    /// Base64 of an encoded picture.
    Picture(String),
    /// Prepared numbers.
    Tensor(Flat),
}

impl Instance {
    /// What the network of this size takes: numbers are `[3, size, size]` or `[size, size, 3]`.
    pub(super) fn item(self, size: u32) -> Result<Item, Problem> {
        let flat = match self {
            Self::Picture(text) => {
                let bytes = STANDARD.decode(text).map_err(|error| {
                    malformed(format!("An instance is not base64 of a picture: {error}."))
                })?;
                return Ok(Item::Picture(Picture::Bytes { bytes: bytes.into(), name: None }));
            }
            Self::Tensor(flat) => flat,
        };
        let side = size as usize;
        if flat.ragged || !flat.numbers.iter().all(|number| number.is_finite()) {
            return Err(malformed("A tensor has rows of different length, or infinite numbers."));
        }
        match flat.sides[..] {
            _ if flat.numbers.len() != 3 * side * side => {}
            [3, h, w] if (h, w) == (side, side) => {
                return Ok(Item::Tensor(interleave(&flat.numbers)));
            }
            [h, w, 3] if (h, w) == (side, side) => return Ok(Item::Tensor(flat.numbers)),
            _ => {}
        }
        Err(malformed(format!(
            "A tensor has shape {:?}; this model takes [3, {side}, {side}] or [{side}, {side}, 3].",
            flat.sides
        )))
    }
}

impl<'de> Deserialize<'de> for Instance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Instance;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a picture as {\"b64\": …}, or a tensor as nested arrays of numbers")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Instance, E> {
        Ok(Instance::Picture(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Instance, A::Error> {
        Flat::from_seq(items).map(Instance::Tensor)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Instance, A::Error> {
        let mut found = None;
        while let Some(name) = members.next_key::<String>()? {
            if found.is_none() && NAMES.contains(&name.as_str()) {
                found = Some(members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        found.ok_or_else(|| A::Error::custom("an instance has no member called b64"))
    }
}
