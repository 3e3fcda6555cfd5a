//! What every call answers, to the letter.

use http::StatusCode;
use insta::assert_json_snapshot;

use crate::{bytes, get, infer, numbers, post};

#[test]
fn the_server_tells_what_it_has() {
    let reply = get("/v2");
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(get("/v2/").text(), reply.text());
    let mut json = reply.json();
    json["version"] = "[version]".into();
    assert_json_snapshot!(json, @r#"
    {
      "extensions": [
        "binary_tensor_data",
        "classification",
        "model_configuration",
        "model_repository",
        "schedule_policy",
        "statistics"
      ],
      "name": "vitrine",
      "version": "[version]"
    }
    "#);
}

#[test]
fn health_has_both_words() {
    for path in ["/v2/health/live", "/v2/health/ready"] {
        let reply = get(path);
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.text(), r#"{"live":true,"ready":true}"#);
    }
    let ready = get("/v2/models/small/versions/1/ready");
    assert_eq!(ready.text(), r#"{"name":"small","ready":true}"#);
    let absent = get("/v2/models/absent/ready");
    assert_eq!(absent.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(absent.error().contains("vitrine pull absent"), "{}", absent.text());
}

#[test]
fn a_model_has_one_input_and_one_output() {
    assert_json_snapshot!(get("/v2/models/small").json(), @r#"
    {
      "inputs": [
        {
          "datatype": "FP32",
          "name": "input",
          "shape": [
            -1,
            3,
            32,
            32
          ]
        }
      ],
      "name": "small",
      "outputs": [
        {
          "datatype": "FP32",
          "name": "probabilities",
          "shape": [
            -1,
            7
          ]
        }
      ],
      "platform": "pytorch_libtorch",
      "versions": [
        "1"
      ]
    }
    "#);
}

#[test]
fn a_configuration_is_what_triton_would_tell() {
    assert_json_snapshot!(get("/v2/models/small/config").json(), @r#"
    {
      "backend": "vitrine",
      "dynamic_batching": {
        "default_priority_level": 2,
        "default_queue_policy": {
          "allow_timeout_override": true,
          "max_queue_size": 8,
          "timeout_action": "REJECT"
        },
        "max_queue_delay_microseconds": 0,
        "preserve_ordering": false,
        "priority_levels": 3
      },
      "input": [
        {
          "data_type": "TYPE_FP32",
          "dims": [
            3,
            32,
            32
          ],
          "format": "FORMAT_NCHW",
          "name": "input"
        }
      ],
      "max_batch_size": 8,
      "name": "small",
      "output": [
        {
          "data_type": "TYPE_FP32",
          "dims": [
            7
          ],
          "label_filename": "labels.txt",
          "name": "probabilities"
        }
      ],
      "parameters": {
        "compute": {
          "string_value": "f32 on cpu"
        }
      },
      "platform": "pytorch_libtorch"
    }
    "#);
}

#[test]
fn the_index_lists_all_or_those_that_are_ready() {
    let all = post("/v2/repository/index", &[], "").json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(all[0]["state"], "UNAVAILABLE");
    assert_json_snapshot!(post("/v2/repository/index", &[], r#"{"ready": true}"#).json(), @r#"
    [
      {
        "name": "small",
        "reason": "",
        "state": "READY",
        "version": "1"
      }
    ]
    "#);
    let broken = post("/v2/repository/index", &[], "{");
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    broken.error();
}

#[test]
fn statistics_count_what_was_asked() {
    let model = || get("/v2/models/small/stats").json()["model_stats"][0].clone();
    let body = bytes(&numbers(1));
    let raw = [("inference-header-content-length", "0")];
    assert_eq!(infer(&raw, body.clone()).status, StatusCode::OK);
    let before = model();
    assert_eq!(infer(&raw, body).status, StatusCode::OK);
    let after = model();
    // Other tests ask the same model meanwhile.
    for pointer in ["/inference_count", "/execution_count", "/inference_stats/success/count"] {
        let count = |stats: &serde_json::Value| stats.pointer(pointer).unwrap().as_u64().unwrap();
        assert!(count(&after) > count(&before), "{pointer}");
    }
    assert!(after["last_inference"].as_u64().unwrap() > 0);
    let members: Vec<_> = after.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "batch_stats",
            "execution_count",
            "inference_count",
            "inference_stats",
            "last_inference",
            "memory_usage",
            "name",
            "response_stats",
            "version"
        ]
    );
    assert_eq!(get("/v2/models/stats").json()["model_stats"].as_array().unwrap().len(), 2);
    assert_eq!(get("/v2/models/nope/stats").status, StatusCode::NOT_FOUND);
}

#[test]
fn an_answer_in_json_looks_like_this() {
    let zeros = vec![0.0; 3 * 32 * 32];
    let request = serde_json::json!({
        "id": "seven",
        "model_name": "a key that is not ours",
        "inputs": [{ "name": "input", "shape": [1, 3, 32, 32], "datatype": "FP32", "data": zeros }],
        "outputs": [{ "name": "logits", "parameters": { "classification": 1 } }],
    });
    let mut answer = infer(&[], request.to_string()).json();
    let class = answer["outputs"][0]["data"][0].take();
    let parts: Vec<_> = class.as_str().unwrap().splitn(3, ':').collect();
    assert_eq!(parts[2], format!("class {}", parts[1]));
    assert!(parts[0].split_once('.').unwrap().1.len() == 6, "{class}");
    assert_json_snapshot!(answer, @r#"
    {
      "id": "seven",
      "model_name": "small",
      "model_version": "1",
      "outputs": [
        {
          "data": [
            null
          ],
          "datatype": "BYTES",
          "name": "logits",
          "shape": [
            1,
            1
          ]
        }
      ]
    }
    "#);
}
