//! The schemas that operations refer to, made of the types that are sent and read.

use utoipa::{
    OpenApi,
    openapi::{
        Components, RefOr,
        example::ExampleBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{problems, tensors};
use crate::{
    backend::Readiness,
    http::{
        hugging_face::Element,
        input::{JsonInput, JsonPicture},
        kserve_v1, oip as v2, several,
    },
    oip,
};

#[derive(OpenApi)]
#[openapi(components(schemas(
    JsonInput,
    JsonPicture,
    app::wire::Classification,
    app::wire::Explanation,
    several::Outcomes,
    Element,
    Readiness,
    kserve_v1::Prediction,
    oip::metadata::ServerMetadata,
    oip::metadata::ModelMetadata,
    oip::config::ModelConfig,
    oip::statistics::Statistics,
    oip::IndexEntry,
    oip::JsonAnswer<'static>,
    v2::Wish,
)))]
struct Types;

/// The schemas, and the two ways of giving a key.
pub(super) fn components() -> Components {
    let mut components = Types::openapi().components.unwrap_or_default();
    let schemas = &mut components.schemas;
    schemas.extend(tensors::schemas());
    schemas.insert("Problem".to_owned(), problems::problem());
    schemas.insert("ErrorMessage".to_owned(), problems::error_message());
    schemas.insert("TorchServeError".to_owned(), problems::torchserve_error());
    let examples = problems::examples()
        .map(|(name, value)| (name, RefOr::T(ExampleBuilder::new().value(Some(value)).build())));
    components.examples.extend(examples);
    let says = "A key of this server, if it asks for one.";
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(says)).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let key = ApiKeyValue::with_description("X-Api-Key", says);
    components.add_security_scheme("key", SecurityScheme::ApiKey(ApiKey::Header(key)));
    components
}
