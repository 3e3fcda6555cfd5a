//! From answers to messages.

use super::proto::{self, model_infer_response::InferOutputTensor};
use crate::oip::{Answer, VERSION, config, metadata, statistics};

/// An answer. Its outputs come as raw contents, as Triton sends them.
pub(super) fn answer(answer: Answer) -> proto::ModelInferResponse {
    let raw = answer.outputs.iter().map(|output| output.values.to_bytes()).collect();
    let outputs = answer.outputs.into_iter().map(|output| InferOutputTensor {
        name: output.name,
        datatype: output.values.datatype().to_owned(),
        shape: output.shape.map(|side| side as i64).to_vec(),
        ..InferOutputTensor::default()
    });
    proto::ModelInferResponse {
        model_name: answer.model,
        model_version: VERSION.to_owned(),
        id: answer.id.unwrap_or_default(),
        outputs: outputs.collect(),
        raw_output_contents: raw,
        ..proto::ModelInferResponse::default()
    }
}

pub(super) fn metadata(model: metadata::ModelMetadata) -> proto::ModelMetadataResponse {
    let tensor =
        |tensor: metadata::TensorMetadata| proto::model_metadata_response::TensorMetadata {
            name: tensor.name.to_owned(),
            datatype: tensor.datatype.to_owned(),
            shape: tensor.shape,
        };
    proto::ModelMetadataResponse {
        name: model.name,
        versions: model.versions.map(str::to_owned).to_vec(),
        platform: model.platform.to_owned(),
        inputs: model.inputs.map(tensor).to_vec(),
        outputs: model.outputs.map(tensor).to_vec(),
    }
}

pub(super) fn config(config: config::ModelConfig) -> proto::ModelConfig {
    let datatype = |name| proto::DataType::from_str_name(name).unwrap_or_default().into();
    let input = config.input.map(|input| proto::ModelInput {
        name: input.name.to_owned(),
        data_type: datatype(input.data_type),
        format: proto::model_input::Format::from_str_name(input.format).unwrap_or_default().into(),
        dims: input.dims.to_vec(),
    });
    let output = config.output.map(|output| proto::ModelOutput {
        name: output.name.to_owned(),
        data_type: datatype(output.data_type),
        dims: output.dims.to_vec(),
        label_filename: output.label_filename.to_owned(),
    });
    let batching = config.dynamic_batching;
    let policy = batching.default_queue_policy;
    let batching = proto::ModelDynamicBatching {
        max_queue_delay_microseconds: batching.max_queue_delay_microseconds,
        preserve_ordering: batching.preserve_ordering,
        priority_levels: batching.priority_levels,
        default_priority_level: batching.default_priority_level,
        default_queue_policy: Some(proto::ModelQueuePolicy {
            allow_timeout_override: policy.allow_timeout_override,
            max_queue_size: u32::try_from(policy.max_queue_size).unwrap_or(u32::MAX),
            ..proto::ModelQueuePolicy::default()
        }),
        ..proto::ModelDynamicBatching::default()
    };
    proto::ModelConfig {
        name: config.name,
        platform: config.platform.to_owned(),
        backend: config.backend.to_owned(),
        max_batch_size: i32::try_from(config.max_batch_size).unwrap_or(i32::MAX),
        input: input.to_vec(),
        output: output.to_vec(),
        scheduling_choice: Some(proto::model_config::SchedulingChoice::DynamicBatching(batching)),
        ..proto::ModelConfig::default()
    }
}

pub(super) fn statistics(all: statistics::Statistics) -> proto::ModelStatisticsResponse {
    proto::ModelStatisticsResponse { model_stats: all.model_stats.into_iter().map(model).collect() }
}

fn model(model: statistics::Model) -> proto::ModelStatistics {
    let stats = model.inference_stats;
    let batches = model.batch_stats.into_iter().map(|batch| proto::InferBatchStatistics {
        batch_size: batch.batch_size,
        compute_input: sum(batch.compute_input),
        compute_infer: sum(batch.compute_infer),
        compute_output: sum(batch.compute_output),
    });
    proto::ModelStatistics {
        name: model.name,
        version: model.version.to_owned(),
        last_inference: model.last_inference,
        inference_count: model.inference_count,
        execution_count: model.execution_count,
        inference_stats: Some(proto::InferStatistics {
            success: sum(stats.success),
            fail: sum(stats.fail),
            queue: sum(stats.queue),
            compute_input: sum(stats.compute_input),
            compute_infer: sum(stats.compute_infer),
            compute_output: sum(stats.compute_output),
            cache_hit: sum(stats.cache_hit),
            cache_miss: sum(stats.cache_miss),
        }),
        batch_stats: batches.collect(),
    }
}

fn sum(sum: statistics::Sum) -> Option<proto::StatisticDuration> {
    Some(proto::StatisticDuration { count: sum.count, ns: sum.ns })
}
