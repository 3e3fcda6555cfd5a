//! An operation while it is put together.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::{
    HeaderBuilder, HttpMethod, ObjectBuilder, RefOr, Required, ResponseBuilder, Schema,
    extensions::{Extensions, ExtensionsBuilder},
    link::{Link, LinkBuilder},
    path::{OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder},
    request_body::RequestBodyBuilder,
    schema::SchemaType,
    security::SecurityRequirement,
};

use super::{media::Media, problems};
use crate::http::dialect::Dialect;

/// An operation.
pub(super) struct Op {
    method: HttpMethod,
    path: &'static str,
    builder: OperationBuilder,
    dialect: Dialect,
    page: bool,
    task: bool,
    codes: Vec<&'static str>,
    links: Vec<(&'static str, Link)>,
}

impl Op {
    /// An operation whose name is the same in every version of the document.
    pub(super) fn new(
        method: HttpMethod,
        path: &'static str,
        (tag, id): (&'static str, &'static str),
        summary: &str,
        description: &str,
    ) -> Self {
        let builder = OperationBuilder::new()
            .tag(tag)
            .operation_id(Some(id))
            .summary(Some(summary))
            .description(Some(description).filter(|it| !it.is_empty()));
        let codes = vec!["fetch_in_circles", "internal"];
        let op = Self {
            method,
            path,
            builder,
            dialect: Dialect::of(path),
            page: false,
            task: false,
            codes,
            links: Vec::new(),
        };
        ["model", "version", "file"].into_iter().fold(op, Self::in_path)
    }

    /// `GET`.
    pub(super) fn get(
        path: &'static str,
        name: (&'static str, &'static str),
        summary: &str,
        description: &str,
    ) -> Self {
        Self::new(HttpMethod::Get, path, name, summary, description)
    }

    /// `POST`.
    pub(super) fn post(
        path: &'static str,
        name: (&'static str, &'static str),
        summary: &str,
        description: &str,
    ) -> Self {
        Self::new(HttpMethod::Post, path, name, summary, description)
    }

    /// A parameter of the path, if the path has it.
    fn in_path(self, name: &'static str) -> Self {
        if !self.path.contains(&format!("{{{name}}}")) {
            return self;
        }
        let (says, example, pattern) = match name {
            "model" => ("Name of a model.", "flags", "^[a-z0-9][a-z0-9._-]*$"),
            "version" => ("Version of the model: every model has the one.", "1", "^[0-9.]+$"),
            _ => ("File name of one of its examples.", "waving-brazil.jpg", "^[^/]+$"),
        };
        let schema = json!({ "type": "string", "format": name, "pattern": pattern });
        self.parameter(ParameterIn::Path, name, says, schema, json!(example))
    }

    fn parameter(
        mut self,
        place: ParameterIn,
        name: &str,
        says: &str,
        schema: Value,
        example: Value,
    ) -> Self {
        let required = if place == ParameterIn::Path { Required::True } else { Required::False };
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(required)
            .description(Some(says))
            .schema(Some(self::schema(schema)))
            .example(Some(example));
        self.builder = self.builder.parameter(parameter);
        self
    }

    /// A parameter of the query.
    pub(super) fn query(self, name: &str, says: &str, schema: Value, example: Value) -> Self {
        self.parameter(ParameterIn::Query, name, says, schema, example)
    }

    /// A header that matters.
    pub(super) fn header(self, name: &str, says: &str, schema: Value, example: Value) -> Self {
        self.parameter(ParameterIn::Header, name, says, schema, example)
    }

    /// What is sent.
    pub(super) fn body(mut self, says: &str, required: bool, media: &[Media]) -> Self {
        let mut body = RequestBodyBuilder::new()
            .description(Some(says))
            .required(Some(if required { Required::True } else { Required::False }));
        for one in media {
            body = body.content(one.kind, one.content());
        }
        self.builder = self.builder.request_body(Some(body.build()));
        self
    }

    /// An answer that is no problem.
    pub(super) fn answer(
        mut self,
        status: u16,
        says: &str,
        headers: &[(&str, &str)],
        media: &[Media],
    ) -> Self {
        let mut response = ResponseBuilder::new().description(says);
        for (name, says) in headers {
            let header = HeaderBuilder::new().description(Some(*says));
            let header = header.schema(Some(schema(json!({ "type": "string" }))));
            response = response.header(*name, header.build());
        }
        for one in media {
            response = response.content(one.kind, one.content());
        }
        for (name, link) in self.links.drain(..) {
            response = response.link(name, link);
        }
        self.builder = self.builder.response(status.to_string(), response.build());
        self
    }

    /// What may be asked next with what the answer that follows says.
    pub(super) fn leads(mut self, to: &'static str, with: &[(&str, &str)]) -> Self {
        let mut link = LinkBuilder::new().operation_id(to);
        for (name, expression) in with {
            link = link.parameter(*name, *expression);
        }
        self.links.push((to, link.build()));
        self
    }

    /// Problems there may be, besides those that every operation may have.
    pub(super) fn problems(mut self, codes: &[&'static str]) -> Self {
        self.codes.extend(codes);
        self
    }

    /// Problems may also come as a page.
    pub(super) fn page(mut self) -> Self {
        self.page = true;
        self
    }

    /// Problems may also come in the words of the image classification task.
    pub(super) fn task(mut self) -> Self {
        self.task = true;
        self
    }

    /// How to ask with curl, for the reference page.
    pub(super) fn curl(mut self, line: &str) -> Self {
        let samples = json!([{ "lang": "Shell", "label": "curl", "source": line }]);
        let extensions = ExtensionsBuilder::new().add("x-codeSamples", samples).build();
        self.builder = self.builder.extensions(Some(extensions));
        self
    }

    /// Needs no key where others do.
    pub(super) fn keyless(mut self) -> Self {
        self.builder = self.builder.security(SecurityRequirement::default());
        self
    }

    /// Needs a key where the server has keys, and counts against a rate where there is one.
    pub(super) fn guarded(self) -> Self {
        self.problems(&["key_missing", "key_unknown", "key_disabled", "rate_limited"])
    }

    /// Adds the operation to a document's paths.
    pub(super) fn put(mut self, paths: PathsBuilder) -> PathsBuilder {
        let mut by_status: BTreeMap<u16, Vec<_>> = BTreeMap::new();
        for code in self.codes.iter().filter_map(|name| problems::find(name)) {
            let codes = by_status.entry(code.status).or_default();
            if !codes.iter().any(|other: &&problems::Code| other.name == code.name) {
                codes.push(code);
            }
        }
        for (status, codes) in by_status {
            let mut response = problems::response(status, &codes);
            for media in problems::media(self.dialect, self.page, &codes) {
                response = response.content(media.kind, media.content());
            }
            if self.task {
                let media = problems::media(Dialect::OpenInference, false, &codes);
                for media in media {
                    response = response.content(media.kind, media.content());
                }
            }
            self.builder = self.builder.response(status.to_string(), response.build());
        }
        paths.path(self.path, PathItem::new(self.method, self.builder.build()))
    }
}

/// A schema that is written as JSON: keyword by keyword, since the types of utoipa have no place for
/// some that the standard has.
pub(super) fn schema(json: Value) -> RefOr<Schema> {
    let Value::Object(keywords) = json else { return RefOr::T(Schema::default()) };
    let keywords = Extensions::from_iter(keywords);
    ObjectBuilder::new().schema_type(SchemaType::AnyValue).extensions(Some(keywords)).into()
}
