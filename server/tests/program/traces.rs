//! Traces, sent to a collector on loopback that reads the protobuf.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::Command,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message;
use tempfile::TempDir;

use crate::{
    Running,
    common::{
        models::{make_model, picture},
        web,
    },
    free_address, serve_command, wait_until_ready,
};

/// Reads one request to its end and answers it.
fn receive(mut stream: TcpStream) -> Option<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let end = all.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&all[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
            let length: usize = length.trim().parse().ok()?;
            if all.len() >= end + 4 + length {
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                stream.write_all(answer).ok()?;
                return Some((head, all.split_off(end + 4)));
            }
        }
        match stream.read(&mut chunk).ok()? {
            0 => return None,
            read => all.extend_from_slice(&chunk[..read]),
        }
    }
}

fn collector() -> (SocketAddr, Receiver<ExportTraceServiceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Some((head, body)) = receive(stream.unwrap()) else { continue };
            assert!(head.starts_with("post /v1/traces "), "{head}");
            assert!(head.contains("application/x-protobuf"), "{head}");
            if sender.send(ExportTraceServiceRequest::decode(&body[..]).unwrap()).is_err() {
                return;
            }
        }
    });
    (address, received)
}

fn text(attributes: &[KeyValue], key: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|found| found.value.clone()?.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{key} is {other:?} in {attributes:?}"),
    }
}

#[test]
fn a_request_is_one_trace_with_a_span_for_each_stage() {
    let folder = TempDir::new().unwrap();
    make_model(folder.path(), "small", None, true);
    let bytes = picture(image::ImageFormat::Png, 60, 40);
    let site = web::serve(vec![("/a.png", "image/png", bytes)]);
    let (collector, received) = collector();
    let address = free_address();
    let child = serve_command(folder.path(), address, "error")
        .args(["--fetch-allow", "127.0.0.1/32"])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{collector}"))
        .env("OTEL_BSP_SCHEDULE_DELAY", "100")
        .spawn()
        .unwrap();
    let mut running = wait_until_ready(Running { child, address });

    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let traceparent = format!("00-{trace}-{parent}-01");
    let headers = [
        ("traceparent", traceparent.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("X-Request-Id", "mine-1"),
    ];
    let body = format!("url=http://{site}/a.png");
    let answer = web::request(address, "POST", "/small", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.head.contains("x-request-id: mine-1"), "{answer:?}");
    let id = running.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(running.child.wait().unwrap().code(), Some(0));

    let mut spans: Vec<Span> = Vec::new();
    while let Ok(export) = received.recv_timeout(Duration::from_millis(500)) {
        for resource in export.resource_spans {
            let about = resource.resource.unwrap().attributes;
            assert_eq!(text(&about, "service.name"), "vitrine");
            spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    spans.retain(|span| hex(&span.trace_id) == trace);
    let named = |name: &str| {
        let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
        let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
        assert_eq!(found.len(), 1, "{name} is not once in {names:?}");
        found[0]
    };
    let request = named("POST /{model}");
    assert_eq!(hex(&request.parent_span_id), parent);
    assert_eq!(text(&request.attributes, "http.response.status_code"), "200");
    assert_eq!(text(&request.attributes, "vitrine.model"), "small");
    assert_eq!(text(&request.attributes, "id"), "mine-1");
    for stage in ["fetch", "decode", "queue", "inference"] {
        let span = named(stage);
        assert_eq!(span.parent_span_id, request.span_id, "{stage}");
        assert!(span.start_time_unix_nano >= request.start_time_unix_nano, "{stage}");
        assert!(span.end_time_unix_nano <= request.end_time_unix_nano, "{stage}");
    }
    assert_eq!(text(&named("inference").attributes, "model"), "small");
    assert_eq!(text(&named("inference").attributes, "batch_size"), "1");
    assert!(named("queue").end_time_unix_nano <= named("inference").start_time_unix_nano);
}
