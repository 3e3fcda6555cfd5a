//! A model's configuration, as Triton would tell it.

use std::collections::BTreeMap;

use app::wire::ModelSummary;
use serde::Serialize;
use utoipa::ToSchema;

use super::{INPUT, PROBABILITIES, metadata::PLATFORM};

/// Levels of `priority` that differ.
pub const PRIORITY_LEVELS: u64 = 3;
/// The level of a request without any.
pub const DEFAULT_PRIORITY: u64 = 2;

/// A model's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModelConfig {
    /// Its name.
    pub name: String,
    /// Kind of network.
    pub platform: &'static str,
    /// What runs it.
    pub backend: &'static str,
    /// Pictures of one request at most.
    pub max_batch_size: usize,
    /// Its inputs.
    pub input: [InputConfig; 1],
    /// Its outputs.
    pub output: [OutputConfig; 1],
    /// How requests are put together.
    pub dynamic_batching: DynamicBatching,
    /// What else there is to know: `compute`, such as `bf16 on cpu`, while it is in memory.
    pub parameters: BTreeMap<&'static str, ConfigParameter>,
}

/// A parameter of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are the protocol's")]
pub struct ConfigParameter {
    pub string_value: String,
}

/// An input. `dims` leave the batch out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are the protocol's")]
pub struct InputConfig {
    pub name: &'static str,
    pub data_type: &'static str,
    pub format: &'static str,
    pub dims: [i64; 3],
}

/// An output. `dims` leave the batch out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are the protocol's")]
pub struct OutputConfig {
    pub name: &'static str,
    pub data_type: &'static str,
    pub dims: [i64; 1],
    pub label_filename: &'static str,
}

/// How requests are put together: without any delay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are the protocol's")]
pub struct DynamicBatching {
    pub max_queue_delay_microseconds: u64,
    pub preserve_ordering: bool,
    pub priority_levels: u64,
    pub default_priority_level: u64,
    pub default_queue_policy: QueuePolicy,
}

/// What becomes of requests that wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are the protocol's")]
pub struct QueuePolicy {
    pub timeout_action: &'static str,
    pub allow_timeout_override: bool,
    pub max_queue_size: usize,
}

/// The configuration of a model of which `max_pictures` may come in one request.
pub fn config(summary: &ModelSummary, max_pictures: usize) -> ModelConfig {
    let side = i64::from(summary.input_size);
    ModelConfig {
        name: summary.name.clone(),
        platform: PLATFORM,
        backend: "vitrine",
        max_batch_size: max_pictures,
        input: [InputConfig {
            name: INPUT,
            data_type: "TYPE_FP32",
            format: "FORMAT_NCHW",
            dims: [3, side, side],
        }],
        output: [OutputConfig {
            name: PROBABILITIES,
            data_type: "TYPE_FP32",
            dims: [i64::from(summary.classes)],
            label_filename: "labels.txt",
        }],
        parameters: summary
            .compute
            .iter()
            .map(|compute| ("compute", ConfigParameter { string_value: compute.clone() }))
            .collect(),
        dynamic_batching: DynamicBatching {
            max_queue_delay_microseconds: 0,
            preserve_ordering: false,
            priority_levels: PRIORITY_LEVELS,
            default_priority_level: DEFAULT_PRIORITY,
            default_queue_policy: QueuePolicy {
                timeout_action: "REJECT",
                allow_timeout_override: true,
                max_queue_size: max_pictures,
            },
        },
    }
}
