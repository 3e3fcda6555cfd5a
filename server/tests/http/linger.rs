//! Answers that are known before the whole body has come, over a real socket.

use std::{sync::Arc, time::Duration};

use axum::{Router, ServiceExt, extract::Request};
use server::http::{Operations, router};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

use crate::{RUNTIME, state};

/// More than the buffers of both ends of a connection hold.
const LARGE: usize = 24 << 20;

/// Sends a large body piece by piece and then reads the answer, as most clients do.
async fn send_large(path: &'static str, kind: &'static str) -> String {
    let talk = async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = router(&state(Arc::default(), Operations::default()), Router::new());
        let service = ServiceExt::<Request>::into_make_service(router);
        tokio::spawn(async move {
            axum::serve(listener, service).await.unwrap();
        });
        let mut client = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: {kind}\r\n\
             accept: application/json\r\nconnection: close\r\ncontent-length: {LARGE}\r\n\r\n"
        );
        client.write_all(head.as_bytes()).await.unwrap();
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..LARGE / piece.len() {
            client.write_all(&piece).await.expect("the connection stays open");
            sleep(Duration::from_millis(2)).await;
        }
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.expect("the answer comes");
        String::from_utf8_lossy(&answer).into_owned()
    };
    RUNTIME.spawn(timeout(Duration::from_secs(60), talk)).await.unwrap().unwrap()
}

/// Protects clients from a reset connection in the place of the reason.
#[tokio::test]
async fn a_picture_that_is_too_large_is_refused_in_words() {
    let answer = send_large("/flags", "image/jpeg").await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("picture_too_large"), "{answer}");
}

#[tokio::test]
async fn what_nobody_looks_at_is_refused_in_words() {
    let answer = send_large("/api/classify", "text/plain").await;
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
    assert!(answer.contains("multipart_expected"), "{answer}");
}
