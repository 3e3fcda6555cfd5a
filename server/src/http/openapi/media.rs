//! What a body may be: its kind, its form and examples.

use serde_json::{Value, json};
use utoipa::openapi::{Content, ContentBuilder, Ref, RefOr, example::ExampleBuilder};

use super::operation::schema;

/// A kind of body.
pub(super) struct Media {
    /// Its media type.
    pub(super) kind: &'static str,
    schema: Value,
    examples: Vec<(String, String, Value)>,
    shared: Vec<String>,
}

/// A kind of body with a schema of the document, by its name.
pub(super) fn of(kind: &'static str, name: &str) -> Media {
    inline(kind, json!({ "$ref": format!("#/components/schemas/{name}") }))
}

/// JSON of a schema of the document.
pub(super) fn json(name: &str) -> Media {
    of("application/json", name)
}

/// A kind of body with a schema of its own.
pub(super) fn inline(kind: &'static str, schema: Value) -> Media {
    Media { kind, schema, examples: Vec::new(), shared: Vec::new() }
}

/// Words.
pub(super) fn text(example: &str) -> Media {
    inline("text/plain", json!({ "type": "string" })).example("words", "", json!(example))
}

/// A page.
pub(super) fn html() -> Media {
    inline("text/html", json!({ "type": "string" }))
}

/// Bytes that are not text.
pub(super) fn bytes(kind: &'static str) -> Media {
    // Without a type, as OpenAPI 3.1 has it for raw bytes.
    inline(kind, json!({ "contentMediaType": kind }))
}

impl Media {
    /// The same with an example.
    pub(super) fn example(mut self, name: &str, says: &str, value: Value) -> Self {
        self.examples.push((name.to_owned(), says.to_owned(), value));
        self
    }

    /// The same with an example that stands among the components.
    pub(super) fn shared(mut self, name: String) -> Self {
        self.shared.push(name);
        self
    }

    /// As it stands in the document.
    pub(super) fn content(&self) -> Content {
        let examples = self.examples.iter().map(|(name, says, value)| {
            let mut example = ExampleBuilder::new().value(Some(value.clone()));
            if !says.is_empty() {
                example = example.summary(says);
            }
            (name.clone(), RefOr::T(example.build()))
        });
        let shared = self.shared.iter().map(|name| {
            let reference = Ref::new(format!("#/components/examples/{name}"));
            (name.clone(), RefOr::Ref(reference))
        });
        let content = ContentBuilder::new().schema(Some(schema(self.schema.clone())));
        content.examples_from_iter(examples.chain(shared)).build()
    }
}
