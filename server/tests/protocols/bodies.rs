//! Bodies that are compressed or too large.

use std::io::{Read, Write};

use axum::body::Body;
use flate2::{
    Compression,
    read::{GzDecoder, ZlibDecoder},
    write::{GzEncoder, ZlibEncoder},
};
use futures::stream;
use http::{Request, StatusCode};

use crate::{bytes, infer, numbers, png, post, send};

#[test]
fn compressed_bodies_go_both_ways() {
    let body = bytes(&numbers(1));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&body).unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(&body).unwrap();
    let plain = infer(&[("inference-header-content-length", "0")], body);
    for (coding, body) in [("gzip", gzip.finish().unwrap()), ("deflate", zlib.finish().unwrap())] {
        let reply = infer(
            &[
                ("inference-header-content-length", "0"),
                ("content-encoding", coding),
                ("accept-encoding", coding),
            ],
            body,
        );
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        assert_eq!(reply.header("content-encoding"), coding);
        let mut decoded = Vec::new();
        match coding {
            "gzip" => GzDecoder::new(&reply.body[..]).read_to_end(&mut decoded).unwrap(),
            _ => ZlibDecoder::new(&reply.body[..]).read_to_end(&mut decoded).unwrap(),
        };
        assert_eq!(decoded.len(), plain.body.len());
        // The length of the JSON is counted before it is compressed.
        let length = "inference-header-content-length";
        assert_eq!(reply.header(length), plain.header(length));
    }
}

#[test]
fn where_nothing_is_taken_apart_a_compressed_body_is_refused_as_such() {
    let gzip = [("content-encoding", "gzip")];
    for path in [
        "/small",
        "/small/explain",
        "/predictions/small",
        "/v1/models/small:predict",
        "/v2/repository/index",
    ] {
        let reply = post(path, &gzip, "whatever");
        assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}");
        assert!(reply.text().contains("Content-Encoding"), "{path}: {}", reply.text());
    }
    assert_eq!(post("/small", &[("content-encoding", "identity")], png()).status, StatusCode::OK);
}

#[test]
fn a_caller_that_takes_everything_gets_it_plain() {
    let headers =
        [("inference-header-content-length", "0"), ("accept-encoding", "gzip, deflate, br")];
    assert_eq!(infer(&headers, bytes(&numbers(1))).header("content-encoding"), "");
}

#[test]
fn a_body_above_the_limit_is_refused_before_it_is_read() {
    let never = Body::from_stream(stream::pending::<Result<bytes::Bytes, std::io::Error>>());
    let request = Request::post("/v2/models/small/infer").header("content-length", (64 << 20) + 1);
    let reply = send(request.body(never).unwrap());
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    reply.error();
}

#[test]
fn a_body_without_a_length_is_cut_off_at_the_limit() {
    let chunk = bytes::Bytes::from(vec![b' '; 1 << 20]);
    let chunks = stream::iter((0..70).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
    let reply = infer(&[], Body::from_stream(chunks));
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    reply.error();
}

#[test]
fn thousands_of_tiny_pieces_are_one_body() {
    let body = bytes(&numbers(1));
    let pieces: Vec<_> =
        body.chunks(3).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
    let reply =
        infer(&[("inference-header-content-length", "0")], Body::from_stream(stream::iter(pieces)));
    assert_eq!(reply.status, StatusCode::OK);
}
