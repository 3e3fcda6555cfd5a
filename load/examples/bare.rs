//! The least that can be done for a request with axum: the floor for any server that is built on it.
//!
//! ```sh
//! cargo run --release -p load --example bare -- 127.0.0.1:2019
//! ```
//!
//! The body of `POST /` goes to a worker thread by a channel, and comes back as a small JSON, which
//! is what a server with a network does, without the network. `POST /refused` is refused instead, as by a
//! server that has no place left.

use std::{env, sync::mpsc, thread};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{
        StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::IntoResponse,
    routing::post,
};
use tokio::{net::TcpListener, sync::oneshot};

type Job = (Bytes, oneshot::Sender<usize>);

fn main() -> anyhow::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:2019".to_owned());
    let (jobs, queue) = mpsc::channel::<Job>();
    thread::spawn(move || {
        for (body, answer) in queue {
            // Whoever asked may be gone.
            let _ = answer.send(body.len());
        }
    });
    let router = Router::new()
        .route("/", post(answer).get(async || "ready"))
        .route("/refused", post(refuse))
        .layer(DefaultBodyLimit::max(20 << 20))
        .with_state(jobs);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(&address).await?;
        eprintln!("listening on http://{}/", listener.local_addr()?);
        axum::serve(listener, router).await?;
        Ok(())
    })
}

async fn answer(State(jobs): State<mpsc::Sender<Job>>, body: Bytes) -> impl IntoResponse {
    let (sender, length) = oneshot::channel();
    // The worker lives as long as there are senders.
    let _ = jobs.send((body, sender));
    let length = length.await.unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], format!("{{\"label\":\"no-op\",\"bytes\":{length}}}"))
}

async fn refuse(_: Bytes) -> impl IntoResponse {
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], "busy")
}
