//! From an answer to the body of an HTTP response.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    VERSION,
    answer::{Answer, Output, Values},
};

/// A body, and how long the JSON in it is if binary data follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// For the header `Inference-Header-Content-Length`.
    pub header_length: Option<usize>,
    /// The body.
    pub body: Vec<u8>,
}

/// The outputs of a model.
#[derive(Serialize, ToSchema)]
#[schema(as = V2Answer)]
pub(crate) struct JsonAnswer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    /// That of the request, if it had one.
    id: Option<&'a str>,
    /// The model that answered.
    model_name: &'a str,
    /// Its version.
    model_version: &'static str,
    /// The outputs that were asked for.
    outputs: Vec<JsonOutput<'a>>,
}

/// An output.
#[derive(Serialize, ToSchema)]
#[schema(as = V2Output)]
pub(crate) struct JsonOutput<'a> {
    /// Its name.
    name: &'a str,
    /// `FP32`, or `BYTES` for a classification.
    datatype: &'static str,
    /// Pictures, then classes.
    shape: [usize; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Where its data is, if that is binary.
    parameters: Option<Parameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Its elements, row by row.
    data: Option<Elements<'a>>,
}

/// Where the data of an output is.
#[derive(Serialize, ToSchema)]
#[schema(as = V2OutputParameters)]
pub(crate) struct Parameters {
    /// How many of the bytes behind the JSON are its.
    binary_data_size: usize,
}

/// The elements of an output: numbers, or `probability:index:label`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = V2Elements)]
pub(crate) enum Elements<'a> {
    Numbers(&'a [f32]),
    Texts(&'a [String]),
}

impl Answer {
    /// The answer as JSON, with binary data behind it for the outputs that want it.
    ///
    /// # Errors
    ///
    /// When a number is not finite, which a score never is.
    pub fn encode(&self) -> serde_json::Result<Encoded> {
        let mut binary = Vec::new();
        let outputs = self.outputs.iter().map(|output| output.json(&mut binary)).collect();
        let json = JsonAnswer {
            id: self.id.as_deref(),
            model_name: &self.model,
            model_version: VERSION,
            outputs,
        };
        let mut body = serde_json::to_vec(&json)?;
        let header_length = self.outputs.iter().any(|output| output.binary).then_some(body.len());
        body.extend_from_slice(&binary);
        Ok(Encoded { header_length, body })
    }
}

impl Output {
    fn json(&self, binary: &mut Vec<u8>) -> JsonOutput<'_> {
        let (parameters, data) = if self.binary {
            let bytes = self.values.to_bytes();
            binary.extend_from_slice(&bytes);
            (Some(Parameters { binary_data_size: bytes.len() }), None)
        } else {
            let elements = match &self.values {
                Values::Fp32(numbers) => Elements::Numbers(numbers),
                Values::Text(texts) => Elements::Texts(texts),
            };
            (None, Some(elements))
        };
        JsonOutput {
            name: &self.name,
            datatype: self.values.datatype(),
            shape: self.shape,
            parameters,
            data,
        }
    }
}
