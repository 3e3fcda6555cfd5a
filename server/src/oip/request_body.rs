//! From the body of an HTTP request to a request: JSON, then perhaps binary tensors.

use app::problem::Problem;
use bytes::Bytes;

use super::{
    INPUT,
    json::{JsonInput, JsonRequest},
    malformed,
    request::{Data, Datatype, InferRequest, Tensor, shape},
};

/// Reads a body. `header_length` is the length of its JSON as the header
/// `Inference-Header-Content-Length` says it; 0 for a body that is one tensor and nothing else.
///
/// # Errors
///
/// When it is not formed as the protocol says.
pub fn read(header_length: Option<&str>, body: &Bytes) -> Result<InferRequest, Problem> {
    let length = match header_length.map(str::trim) {
        None => body.len(),
        Some(text) => {
            text.parse().ok().filter(|&length| length <= body.len()).ok_or_else(|| {
                let most = body.len();
                malformed(format!(
                    "Inference-Header-Content-Length is {text:?}; it must be from 0 to {most}, the \
                     length of the body."
                ))
            })?
        }
    };
    if header_length.is_some() && length == 0 {
        return raw(body);
    }
    let mut json = JsonRequest::parse(&body[..length])?;
    let mut request = json.head()?;
    let mut rest = body.slice(length..);
    for input in json.inputs {
        request.inputs.push(tensor(input, &mut rest)?);
    }
    if !rest.is_empty() {
        return Err(malformed(format!(
            "{} bytes are left over after the inputs. The sizes in binary_data_size must add up to \
             what follows the JSON.",
            rest.len()
        )));
    }
    Ok(request)
}

fn tensor(input: JsonInput, rest: &mut Bytes) -> Result<Tensor, Problem> {
    let JsonInput { name, shape: sides, datatype, parameters, data } = input;
    let parameters = parameters.unwrap_or_default();
    parameters.check()?;
    let datatype: Datatype = datatype.parse()?;
    let shape = shape(&name, &sides)?;
    let data = match (data, parameters.binary_data_size) {
        (Some(_), Some(_)) => {
            let detail = format!("The input {name:?} has both data and binary_data_size.");
            return Err(malformed(detail));
        }
        (None, None) => {
            let detail = format!("The input {name:?} has neither data nor binary_data_size.");
            return Err(malformed(detail));
        }
        (None, Some(size)) if size > rest.len() => {
            return Err(malformed(format!(
                "The input {name:?} has a binary_data_size of {size}, but only {} bytes follow.",
                rest.len()
            )));
        }
        (None, Some(size)) => Data::Raw(rest.split_to(size)),
        (Some(_), None) if matches!(datatype, Datatype::Fp16 | Datatype::Bf16) => {
            let name = datatype.name();
            return Err(malformed(format!("{name} cannot be sent as JSON, only as binary data.")));
        }
        (Some(flat), None) => match (flat.texts.is_empty(), flat.numbers.is_empty()) {
            (true, false) => Data::Numbers(flat.numbers),
            (false, true) => Data::Base64(flat.texts),
            (true, true) if datatype == Datatype::Bytes => Data::Base64(Vec::new()),
            (true, true) => Data::Numbers(Vec::new()),
            (false, false) => {
                let detail = format!("The input {name:?} mixes numbers and texts.");
                return Err(malformed(detail));
            }
        },
    };
    Ok(Tensor { name, datatype, shape, data })
}

/// A body that is one tensor. Whether it is a prepared tensor or an encoded picture shows when it
/// is known how large a tensor has to be.
fn raw(body: &Bytes) -> Result<InferRequest, Problem> {
    if body.is_empty() {
        return Err(malformed("The request is empty; it must be one tensor or one picture."));
    }
    let tensor = Tensor {
        name: INPUT.to_owned(),
        datatype: Datatype::Fp32,
        shape: Vec::new(),
        data: Data::Raw(body.clone()),
    };
    Ok(InferRequest { inputs: vec![tensor], binary: true, ..InferRequest::default() })
}
