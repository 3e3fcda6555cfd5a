//! The `data` of a tensor in JSON: numbers or texts, nested as deep as the sender likes.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

/// Elements that are read at most: what fits into a body of the largest size.
const MAX_ELEMENTS: usize = super::MAX_BODY / 2;

/// Elements of a nested array, flat, row by row.
///
/// They are read straight into the numbers that are needed, since a tree of JSON values would take
/// sixteen times the memory.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Flat {
    pub(crate) numbers: Vec<f32>,
    pub(crate) texts: Vec<String>,
    /// Length of the first array of each depth.
    pub(crate) sides: Vec<usize>,
    /// Whether arrays of one depth differ in length.
    pub(crate) ragged: bool,
}

impl Flat {
    /// Reads the elements of an array that has been begun.
    pub(crate) fn from_seq<'de, A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        let mut flat = Self::default();
        Level { flat: &mut flat, depth: 0 }.visit_seq(items)?;
        if flat.texts.is_empty() { Ok(flat) } else { Err(A::Error::custom("a tensor of texts")) }
    }
}

struct Level<'a> {
    flat: &'a mut Flat,
    depth: usize,
}

impl<'de> Deserialize<'de> for Flat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut flat = Self::default();
        Level { flat: &mut flat, depth: 0 }.deserialize(deserializer)?;
        Ok(flat)
    }
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Level<'_> {
    fn number<E: Error>(self, number: f32) -> Result<(), E> {
        self.room()?;
        self.flat.numbers.push(number);
        Ok(())
    }

    fn room<E: Error>(&self) -> Result<(), E> {
        if self.flat.numbers.len() + self.flat.texts.len() >= MAX_ELEMENTS {
            return Err(E::custom("the tensor is too large"));
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of numbers or of base64 texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let (flat, depth) = (self.flat, self.depth);
        let mut length = 0;
        if flat.sides.len() == depth {
            flat.sides.push(usize::MAX);
        }
        while items.next_element_seed(Level { flat: &mut *flat, depth: depth + 1 })?.is_some() {
            length += 1;
        }
        match &mut flat.sides[depth] {
            side if *side == usize::MAX => *side = length,
            side => flat.ragged |= *side != length,
        }
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.number(number as f32)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.number(number as f32)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.number(number as f32)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.room()?;
        self.flat.texts.push(text.to_owned());
        Ok(())
    }
}
