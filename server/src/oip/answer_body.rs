//! From an answer to the body of an HTTP response.

use serde::Serialize;

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

#[derive(Serialize)]
struct JsonAnswer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    model_name: &'a str,
    model_version: &'static str,
    outputs: Vec<JsonOutput<'a>>,
}

#[derive(Serialize)]
struct JsonOutput<'a> {
    name: &'a str,
    datatype: &'static str,
    shape: [usize; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Parameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Elements<'a>>,
}

#[derive(Serialize)]
struct Parameters {
    binary_data_size: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Elements<'a> {
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
