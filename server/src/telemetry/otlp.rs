//! Traces by the OpenTelemetry protocol, as protobuf over HTTP.

use std::env;

use anyhow::Context;
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracerProvider, Tracer},
};
use reqwest::blocking::Client;
use tracing::level_filters::LevelFilter;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::{
    Layer,
    filter::{Filtered, Targets},
    registry::Registry,
};

use crate::tls;

/// Makes traces of our spans.
pub(super) type TraceLayer = Filtered<OpenTelemetryLayer<Registry, Tracer>, Targets, Registry>;

/// The variables of the OpenTelemetry specification that say where the collector is.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// What sends traces, if the environment names a collector. Headers, sampling, batching and the
/// name of the service are read from the variables of the specification, too.
///
/// # Errors
///
/// When the collector's address makes no sense, or TLS cannot be set up.
pub(super) fn from_environment() -> anyhow::Result<Option<(SdkTracerProvider, TraceLayer)>> {
    let set = |name: &str| env::var(name).is_ok_and(|value| !value.is_empty());
    let disabled = env::var("OTEL_SDK_DISABLED").is_ok_and(|v| v.eq_ignore_ascii_case("true"));
    if disabled || !ENDPOINTS.into_iter().any(set) {
        return Ok(None);
    }
    // A thread of its own sends, so a client that blocks is what is wanted. Our own roots, since
    // the program has no default for TLS.
    let client = Client::builder()
        .tls_backend_preconfigured(tls::client_config()?)
        .no_proxy()
        .build()
        .context("cannot set up sending traces")?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .build()
        .with_context(|| format!("cannot send traces; see {}", ENDPOINTS.join(" and ")))?;
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let mut resource = Resource::builder().with_attribute(version);
    if !set("OTEL_SERVICE_NAME") {
        resource = resource.with_service_name("vitrine");
    }
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource.build())
        .build();
    let tracer = provider.tracer("vitrine");
    // Ours alone: the client that sends the traces makes spans, too, which would go in circles.
    let ours = Targets::new().with_target("server", LevelFilter::INFO);
    let layer = OpenTelemetryLayer::new(tracer).with_filter(ours);
    Ok(Some((provider, layer)))
}
