//! Logs, and traces for whoever collects them.

mod level;
mod otlp;

use std::{io::IsTerminal, sync::OnceLock};

use clap::ValueEnum;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::{
    EnvFilter, Layer, fmt,
    layer::{Layered, SubscriberExt},
    registry::Registry,
    reload,
    util::SubscriberInitExt,
};

pub use level::LogLevel;

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Logs and traces for as long as it lives.
#[derive(Debug)]
pub struct Telemetry {
    level: LogLevel,
    traces: Option<SdkTracerProvider>,
}

/// Set once somebody collects traces.
static TRACED: OnceLock<()> = OnceLock::new();

/// What the filter of the log lines is a filter of.
type Traced = Layered<Option<otlp::TraceLayer>, Registry>;

/// Sends logs to standard error: `info` and above, or what `filter` says in the syntax of
/// `RUST_LOG`. Sends traces, too, when the environment names a collector in
/// `OTEL_EXPORTER_OTLP_ENDPOINT`.
///
/// # Errors
///
/// When the filter cannot be read, when the collector's address makes no sense, or when logs were
/// already set up.
pub fn start(filter: &str, format: LogFormat) -> anyhow::Result<Telemetry> {
    let (traces, trace_layer) = otlp::from_environment()?.unzip();
    let (lines_filter, handle) = reload::Layer::new(level::parse(filter)?);
    let lines: Box<dyn Layer<Traced> + Send + Sync> = match format {
        LogFormat::Text => {
            let colours = std::io::stderr().is_terminal();
            let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
            lines.with_target(false).with_filter(lines_filter).boxed()
        }
        LogFormat::Json => {
            let lines = fmt::layer().json().flatten_event(true).with_span_list(false);
            lines.with_writer(std::io::stderr).with_filter(lines_filter).boxed()
        }
    };
    tracing_subscriber::registry().with(trace_layer).with(lines).try_init()?;
    if traces.is_some() {
        TRACED.get_or_init(|| ());
    }
    let level = LogLevel::new(filter, move |filter: EnvFilter| Ok(handle.reload(filter)?));
    Ok(Telemetry { level, traces })
}

/// Whether anybody collects traces. What only they want to know need not be in the log.
pub(crate) fn traced() -> bool {
    TRACED.get().is_some()
}

impl Telemetry {
    /// What is logged, to be looked at and changed.
    pub fn level(&self) -> LogLevel {
        self.level.clone()
    }
}

impl Drop for Telemetry {
    /// Sends what has not been sent yet.
    fn drop(&mut self) {
        if let Some(traces) = &self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}
