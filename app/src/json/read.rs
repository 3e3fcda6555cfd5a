//! Picking values out of parsed JSON.

/// A parsed value: the browser's, and in tests serde's.
pub(crate) trait Value: Sized {
    /// Whether it is nothing.
    fn is_null(&self) -> bool;
    /// The field of an object, unless it is absent or nothing.
    fn field(&self, name: &str) -> Option<Self>;
    /// The items of a list.
    fn items(&self) -> Option<Vec<Self>>;
    /// The text that it is.
    fn text(&self) -> Option<String>;
    /// The number that it is.
    fn number(&self) -> Option<f64>;
    /// Whether it is true.
    fn is_true(&self) -> bool;
}

/// What can be read.
pub(crate) trait Read: Sized {
    /// The value; `None` if it is something else.
    fn read(value: &impl Value) -> Option<Self>;

    /// What it means that a field is left out, if it may be.
    fn absent() -> Option<Self> {
        None
    }
}

/// Reads a field of an object.
pub(crate) fn field<T: Read>(object: &impl Value, name: &str) -> Option<T> {
    object.field(name).map_or_else(T::absent, |value| T::read(&value))
}

/// Reads structs whose fields are called as in JSON.
macro_rules! objects {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl $crate::json::read::Read for $type {
            fn read(value: &impl $crate::json::read::Value) -> Option<Self> {
                Some(Self { $($field: $crate::json::read::field(value, stringify!($field))?),* })
            }
        }
    )*};
}

pub(crate) use objects;

impl Read for String {
    fn read(value: &impl Value) -> Option<Self> {
        value.text()
    }
}

impl Read for bool {
    fn read(value: &impl Value) -> Option<Self> {
        Some(value.is_true())
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Read for $type {
            fn read(value: &impl Value) -> Option<Self> {
                Some(value.number()? as $type)
            }
        }
    )*};
}

numbers!(u16 u32 u64 f32 f64);

impl<T: Read> Read for Option<T> {
    fn read(value: &impl Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &impl Value) -> Option<Self> {
        value.items()?.iter().map(T::read).collect()
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(value: &impl Value) -> Option<Self> {
        let items = value.items()?;
        Some((A::read(items.first()?)?, B::read(items.get(1)?)?))
    }
}

impl<T: Read, E: Read> Read for Result<T, E> {
    fn read(value: &impl Value) -> Option<Self> {
        let problem = || field(value, "Err").map(Err);
        field(value, "Ok").map(Ok).or_else(problem)
    }
}

#[cfg(test)]
mod tests;
