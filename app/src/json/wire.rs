//! Reading what travels from the server to the browser.

use super::read::{Read, Value, field, objects};
use crate::{
    opened::Opened,
    problem::Problem,
    wire::{
        Classification, Event, ExamplePicture, HeatMap, ModelState, ModelStatus, ModelSummary,
        PageAnswer, Prediction, ServerStatus, Source, SourceKind, Stage, Timing,
    },
};

objects! {
    Classification { model, fallback_for, predictions, source, timing, cached, note, crop }
    ExamplePicture { file, path, title, credit }
    HeatMap { class, occlusion, width, levels }
    Opened { model, others, url, example, top_k, origin, outcome, rival, held }
    PageAnswer { answer, ranking, why }
    Prediction { index, label, probability }
    Problem { code, status, title, detail, retry_after }
    ServerStatus { queued, running, answered, refused, median_ms, models }
    Source { kind, name, format, width, height, bytes, animated }
    Timing { fetch_ms, decode_ms, queue_ms, inference_ms, total_ms }
}

impl Read for SourceKind {
    fn read(value: &impl Value) -> Option<Self> {
        match value.text()?.as_str() {
            "upload" => Some(Self::Upload),
            "url" => Some(Self::Url),
            "example" => Some(Self::Example),
            _ => None,
        }
    }
}

impl Read for Stage {
    fn read(value: &impl Value) -> Option<Self> {
        if let Some(name) = value.text() {
            return match name.as_str() {
                "decoding" => Some(Self::Decoding),
                "running" => Some(Self::Running),
                _ => None,
            };
        }
        if let Some(it) = value.field("fetching") {
            Some(Self::Fetching { received: field(&it, "received")?, total: field(&it, "total")? })
        } else if let Some(it) = value.field("queued") {
            Some(Self::Queued { ahead: field(&it, "ahead")? })
        } else {
            let it = value.field("explaining")?;
            Some(Self::Explaining { done: field(&it, "done")?, total: field(&it, "total")? })
        }
    }
}

impl<T: Read> Read for Event<T> {
    fn read(value: &impl Value) -> Option<Self> {
        let stage = || field(value, "stage").map(Self::Stage);
        let problem = || field(value, "problem").map(Self::Problem);
        field(value, "done").map(Self::Done).or_else(stage).or_else(problem)
    }
}

// The state's fields stand among those of what has it.
impl Read for ModelState {
    fn read(value: &impl Value) -> Option<Self> {
        match value.field("state")?.text()?.as_str() {
            "absent" => Some(Self::Absent { hint: field(value, "hint")? }),
            "fetching" => Some(Self::Fetching {
                received: field(value, "received")?,
                total: field(value, "total")?,
            }),
            "standby" => Some(Self::Standby),
            "loading" => Some(Self::Loading),
            "ready" => Some(Self::Ready),
            "unloaded" => Some(Self::Unloaded),
            "failed" => Some(Self::Failed { reason: field(value, "reason")? }),
            _ => None,
        }
    }
}

impl Read for ModelStatus {
    fn read(value: &impl Value) -> Option<Self> {
        Some(Self {
            name: field(value, "name")?,
            state: Read::read(value)?,
            weights_bytes: field(value, "weights_bytes")?,
            answered: field(value, "answered")?,
            last_minute: field(value, "last_minute")?,
        })
    }
}

impl Read for ModelSummary {
    fn read(value: &impl Value) -> Option<Self> {
        Some(Self {
            name: field(value, "name")?,
            title: field(value, "title")?,
            description: field(value, "description")?,
            architecture: field(value, "architecture")?,
            compute: field(value, "compute")?,
            input_size: field(value, "input_size")?,
            classes: field(value, "classes")?,
            licence: field(value, "licence")?,
            state: Read::read(value)?,
            outdated: field(value, "outdated")?,
            fallback: field(value, "fallback")?,
            examples: field(value, "examples")?,
            max_upload: field(value, "max_upload")?,
        })
    }
}
