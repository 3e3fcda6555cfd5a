//! Messages that are right and such that are not.

#![allow(clippy::unwrap_used)]

use bytes::Bytes;

use super::*;

fn input(datatype: &str, contents: Option<InferTensorContents>) -> InferInputTensor {
    InferInputTensor {
        name: "input".into(),
        datatype: datatype.into(),
        shape: vec![1],
        contents,
        ..InferInputTensor::default()
    }
}

fn message(inputs: Vec<InferInputTensor>, raw: &[&'static [u8]]) -> ModelInferRequest {
    let raw_input_contents = raw.iter().map(|bytes| Bytes::from_static(bytes)).collect();
    ModelInferRequest { inputs, raw_input_contents, ..ModelInferRequest::default() }
}

fn data(message: ModelInferRequest) -> Data {
    request(message).unwrap().inputs.remove(0).data
}

#[test]
fn contents_come_in_either_place() {
    let numbers = InferTensorContents { fp32_contents: vec![0.5], ..Default::default() };
    assert_eq!(data(message(vec![input("FP32", Some(numbers))], &[])), Data::Numbers(vec![0.5]));
    let pixels = InferTensorContents { uint_contents: vec![7], ..Default::default() };
    assert_eq!(data(message(vec![input("UINT8", Some(pixels))], &[])), Data::Numbers(vec![7.0]));
    let picture = Bytes::from_static(b"JPEG");
    let elements =
        InferTensorContents { bytes_contents: vec![picture.clone()], ..Default::default() };
    assert_eq!(
        data(message(vec![input("BYTES", Some(elements))], &[])),
        Data::Elements(vec![picture])
    );
    let raw = Data::Raw(Bytes::from_static(b"abcd"));
    assert_eq!(data(message(vec![input("FP32", None)], &[b"abcd"])), raw);
}

#[test]
fn wishes_are_found() {
    let parameter = |choice| InferParameter { parameter_choice: Some(choice) };
    let mut message = message(vec![input("FP32", None)], &[b"abcd"]);
    message.id = "seven".into();
    message.parameters = HashMap::from([
        ("priority".to_owned(), parameter(ParameterChoice::Uint64Param(1))),
        ("timeout".to_owned(), parameter(ParameterChoice::Int64Param(250))),
    ]);
    message.outputs = vec![InferRequestedOutputTensor {
        name: "logits".into(),
        parameters: HashMap::from([(
            "classification".to_owned(),
            parameter(ParameterChoice::Int64Param(3)),
        )]),
    }];
    let found = request(message).unwrap();
    assert_eq!(found.id.as_deref(), Some("seven"));
    assert_eq!(found.wishes, Wishes { priority: 1, timeout: 250 });
    assert_eq!(found.outputs[0].classification, Some(3));
}

#[test]
fn what_is_wrong_is_said() {
    let both = InferTensorContents::default();
    let shared = InferInputTensor {
        parameters: HashMap::from([("shared_memory_region".to_owned(), InferParameter::default())]),
        ..input("FP32", None)
    };
    let mut late = message(vec![input("FP32", None)], &[b"abcd"]);
    late.parameters = HashMap::from([(
        "timeout".to_owned(),
        InferParameter { parameter_choice: Some(ParameterChoice::Int64Param(-1)) },
    )]);
    let impossible = InferInputTensor { shape: vec![-1], ..input("FP32", None) };
    for (message, words) in [
        (message(vec![input("FP32", None)], &[]), "no contents"),
        (message(vec![input("FP32", None)], &[b"", b""]), "one for each"),
        (message(vec![input("FP32", Some(both.clone()))], &[b""]), "contents and raw"),
        (message(vec![input("FP16", Some(both))], &[]), "raw_input_contents only"),
        (message(vec![input("FP64", None)], &[b""]), "FP64"),
        (message(vec![shared], &[b""]), "Shared memory"),
        (message(vec![impossible], &[b""]), "impossible"),
        (late, "timeout"),
    ] {
        let found = request(message).unwrap_err();
        assert_eq!(found.status, 400);
        assert!(found.detail.contains(words), "{words}: {}", found.detail);
    }
}
