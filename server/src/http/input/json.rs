//! The JSON forms of a request: our own, with one picture or several, and the image classification
//! task's.

use app::{classify::Picture, problem::Problem};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{
    Deserialize,
    de::{DeserializeOwned, Deserializer, Error},
};
use utoipa::ToSchema;

use super::{Input, top_k};
use crate::{object::object, service::faults, whole::whole};

/// The JSON form of a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Question)]
pub(crate) struct JsonInput {
    /// Address of the picture; an empty one is none.
    #[schema(pattern = "^(https?://.+)?$")]
    url: Option<String>,
    /// The picture, in base64.
    #[schema(format = Byte)]
    image: Option<String>,
    /// File name of one of the model's examples.
    #[schema(format = "file")]
    example: Option<String>,
    /// Several pictures, which are answered one by one.
    #[schema(min_items = 1)]
    instances: Option<Vec<JsonPicture>>,
    /// How many classes to name.
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 4_294_967_295_u32)]
    top_k: Option<usize>,
    /// Whether to answer with what the network saw, too.
    crop: Option<bool>,
    /// The picture of the image classification task: base64, a `data:` URL, or an address.
    #[schema(format = Byte)]
    inputs: Option<String>,
    /// The wishes of the image classification task.
    #[serde(default, deserialize_with = "nested")]
    parameters: Option<TaskParameters>,
}

/// One of several pictures: one of the three is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Instance)]
pub(crate) struct JsonPicture {
    /// Its address.
    url: Option<String>,
    /// The picture, in base64.
    #[schema(format = Byte)]
    image: Option<String>,
    /// File name of one of the model's examples.
    #[schema(format = "file")]
    example: Option<String>,
}

/// The wishes of the image classification task.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct TaskParameters {
    /// How many classes to name.
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 4_294_967_295_u32)]
    top_k: Option<usize>,
    /// What becomes of the raw scores.
    function_to_apply: Option<Transform>,
}

/// What the image classification task makes of raw scores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transform {
    /// Probabilities that add up to one.
    #[default]
    Softmax,
    /// A probability of each class by itself.
    Sigmoid,
    /// Nothing.
    None,
}

/// An object and nothing else: a struct can be read from a list of its fields, too.
fn nested<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    let members: Option<serde_json::Map<String, serde_json::Value>> = Option::deserialize(from)?;
    let object = members.map(|members| serde_json::from_value(members.into()));
    object.transpose().map_err(D::Error::custom)
}

impl Input {
    pub(super) fn take_json(&mut self, body: &[u8]) -> Result<(), Problem> {
        let json: JsonInput = object(body).map_err(|error| {
            Problem::new(
                400,
                "json_invalid",
                "The JSON cannot be read",
                format!(
                    "{error}. It may hold url, image (base64) or example, or instances with several \
                     of these, and top_k and crop."
                ),
            )
        })?;
        if let Some(example) = json.example {
            self.take_text("example", &example)?;
        }
        let beside = json.image.is_some() || json.inputs.is_some() || json.instances.is_some();
        if let Some(url) = json.url {
            // Nobody will try to fetch it, so that nobody else would say what is wrong with it.
            if beside && !url.trim().is_empty() && !is_address(&url) {
                let detail = "url must begin with http:// or https://, even if it is passed over.";
                return Err(Problem::new(400, "url_invalid", "The address is not valid", detail));
            }
            self.take_text("url", &url)?;
        }
        if let Some(image) = json.image {
            self.picture = Some(decoded("image", &image)?);
        }
        if let Some(inputs) = json.inputs {
            let parameters = json.parameters.unwrap_or_default();
            self.task = Some(parameters.function_to_apply.unwrap_or_default());
            self.top_k = parameters.top_k.map(|k| top_k(Some(k))).transpose()?.or(self.top_k);
            self.picture = Some(task_picture(&inputs)?);
        }
        if let Some(instances) = json.instances {
            if instances.is_empty() {
                return Err(faults::no_picture());
            }
            self.several = Some(instances.into_iter().map(JsonPicture::picture).collect());
        }
        if json.top_k.is_some() {
            self.top_k = Some(top_k(json.top_k)?);
        }
        self.crop |= json.crop.unwrap_or(false);
        Ok(())
    }
}

/// Whether a text could be the address of a picture.
fn is_address(text: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| text.trim_start().starts_with(scheme))
}

/// A picture of a field that holds base64.
fn decoded(field: &str, text: &str) -> Result<Picture, Problem> {
    let bytes = STANDARD.decode(text.as_bytes()).map_err(|error| {
        let detail = format!("The field {field} is not base64: {error}.");
        Problem::new(400, "base64_invalid", "The picture cannot be read", detail)
    })?;
    Ok(Picture::Bytes { bytes: bytes.into(), name: None })
}

/// A picture as the image classification task has it: an address, a `data:` URL, or base64.
fn task_picture(inputs: &str) -> Result<Picture, Problem> {
    if is_address(inputs) {
        return Ok(Picture::Url(inputs.to_owned()));
    }
    let base64 = inputs.strip_prefix("data:").and_then(|url| Some(url.split_once(";base64,")?.1));
    decoded("inputs", base64.unwrap_or(inputs))
}

impl JsonPicture {
    fn picture(self) -> Result<Picture, Problem> {
        match (self.url, self.image, self.example) {
            (Some(url), None, None) => Ok(Picture::Url(url)),
            (None, Some(image), None) => decoded("image", &image),
            (None, None, Some(example)) => Ok(Picture::Example(Some(example))),
            _ => Err(Problem::new(
                400,
                "instance_invalid",
                "The picture cannot be read",
                "An instance holds one of url, image (base64) and example.",
            )),
        }
    }
}
