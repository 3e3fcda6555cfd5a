//! The statistics extension.

use std::time::{Duration, SystemTime};

use app::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::{VERSION, check_version};
use crate::{
    backend::Backend,
    meters::{ModelStatistics, Spent},
    service::faults,
};

/// The statistics of models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Statistics {
    /// One for each model.
    pub model_stats: Vec<Model>,
}

/// The statistics of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are the protocol's")]
#[schema(as = ModelStatistics)]
pub struct Model {
    pub name: String,
    pub version: &'static str,
    /// Milliseconds since the epoch; 0 if there was none.
    pub last_inference: u64,
    pub inference_count: u64,
    pub execution_count: u64,
    pub inference_stats: Inference,
    pub batch_stats: Vec<Batch>,
    #[schema(value_type = Vec<Empty>)]
    pub memory_usage: [(); 0],
    pub response_stats: Empty,
}

/// Nothing, as an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Empty {}

/// What requests went through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are the protocol's")]
#[schema(as = InferenceStatistics)]
pub struct Inference {
    pub success: Sum,
    pub fail: Sum,
    pub queue: Sum,
    pub compute_input: Sum,
    pub compute_infer: Sum,
    pub compute_output: Sum,
    pub cache_hit: Sum,
    pub cache_miss: Sum,
}

/// What batches of one size went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are the protocol's")]
#[schema(as = BatchStatistics)]
pub struct Batch {
    pub batch_size: u64,
    pub compute_input: Sum,
    pub compute_infer: Sum,
    pub compute_output: Sum,
}

/// A number of events, with the nanoseconds that they took together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the names are the protocol's")]
pub struct Sum {
    pub count: u64,
    pub ns: u64,
}

/// The statistics of one model, or of all when `name` is empty.
///
/// # Errors
///
/// When there is no such model or version.
pub fn statistics(backend: &dyn Backend, name: &str, version: &str) -> Result<Statistics, Problem> {
    if !name.is_empty() && backend.model(name).is_none() {
        return Err(faults::unknown_model(name));
    }
    check_version(name, version)?;
    let known = backend.statistics();
    let models = backend.models().into_iter().filter(|model| name.is_empty() || model.name == name);
    let told = models.map(|model| {
        let statistics = known.get(&model.name).cloned().unwrap_or_default();
        Model::new(model.name, &statistics)
    });
    Ok(Statistics { model_stats: told.collect() })
}

impl Model {
    fn new(name: String, statistics: &ModelStatistics) -> Self {
        let last = statistics.last_inference;
        let last = last.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        let batches = statistics.batches.iter().map(|(&size, batch)| {
            let sum = |time: Duration| Sum { count: batch.runs.count, ns: nanoseconds(time) };
            Batch {
                batch_size: size as u64,
                compute_input: sum(batch.input),
                compute_infer: sum(batch.runs.time),
                compute_output: sum(batch.output),
            }
        });
        Self {
            name,
            version: VERSION,
            last_inference: last.map_or(0, |since| since.as_millis() as u64),
            inference_count: statistics.pictures,
            execution_count: statistics.executions(),
            inference_stats: Inference {
                success: statistics.success.into(),
                fail: statistics.fail.into(),
                queue: statistics.queue.into(),
                compute_input: statistics.compute_input.into(),
                compute_infer: statistics.compute_infer.into(),
                compute_output: statistics.compute_output.into(),
                ..Inference::default()
            },
            batch_stats: batches.collect(),
            memory_usage: [],
            response_stats: Empty {},
        }
    }
}

impl From<Spent> for Sum {
    fn from(spent: Spent) -> Self {
        Self { count: spent.count, ns: nanoseconds(spent.time) }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
