//! JSON in the browser.
//!
//! What serde makes for reading and writing the page's types weighs a sixth of the module that a
//! visitor loads, and a browser has a parser of its own. So the server writes with serde, and the
//! browser parses by itself and picks the fields out here. Both are held to each other by the tests
//! of [`read`].

pub(crate) mod read;
mod wire;
pub(crate) mod write;

use leptos::wasm_bindgen::JsValue;
use web_sys::js_sys::{Array, JSON, Reflect};

use read::{Read, Value};

/// Reads a text as JSON; `None` if it is not what is wanted.
pub(crate) fn read<T: Read>(text: &str) -> Option<T> {
    T::read(&JSON::parse(text).ok()?)
}

impl Value for JsValue {
    fn is_null(&self) -> bool {
        self.is_undefined() || Self::is_null(self)
    }

    fn field(&self, name: &str) -> Option<Self> {
        Reflect::get(self, &name.into()).ok().filter(|it| !Value::is_null(it))
    }

    fn items(&self) -> Option<Vec<Self>> {
        Array::is_array(self).then(|| Array::from(self).to_vec())
    }

    fn text(&self) -> Option<String> {
        self.as_string()
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn is_true(&self) -> bool {
        self.is_truthy()
    }
}
