//! What is to be sent, and when.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method};

use crate::{schedule::Arrivals, target::Target};

/// Everything that one measurement is told.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who is asked.
    pub target: Target,
    /// What is sent, in turn. At least one.
    pub messages: Vec<Message>,
    /// When it is sent.
    pub pace: Pace,
    /// How long requests are sent before anything is recorded.
    pub warm_up: Duration,
    /// How long they are recorded then.
    pub duration: Duration,
    /// How long one answer is awaited before it counts as an error.
    pub timeout: Duration,
    /// Threads that send. One is enough up to some ten thousand requests a second.
    pub threads: usize,
    /// Names in `Server-Timing` whose durations are work that every server has to do. What is left
    /// of the latency without them is reported as [`Report::outer_ms`](crate::Report::outer_ms).
    pub inner: Vec<String>,
    /// The clients of a closed loop that are refused come back when `Retry-After` says. Each has an
    /// address of its own in this header, as if a proxy asked for all of them.
    pub patient: Option<HeaderName>,
}

/// One request: everything but the address.
#[derive(Debug, Clone)]
pub struct Message {
    /// Usually `GET` or `POST`.
    pub method: Method,
    /// Without `Host` and `Content-Length`, which are added.
    pub headers: HeaderMap,
    /// Shared by all requests that carry it.
    pub body: Bytes,
}

/// When requests are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// Each client sends again when it has its answer.
    Closed {
        /// Clients, each with a connection of its own.
        clients: usize,
        /// Ends after so many requests, if that is earlier than the duration.
        requests: Option<u64>,
    },
    /// Requests come by themselves, whatever became of those before.
    Open {
        /// Requests a second on average.
        rate: f64,
        /// How they are spread.
        arrivals: Arrivals,
        /// Connections at most. A request that finds none waits for one, and the wait counts.
        connections: usize,
        /// The same number gives the same arrivals.
        seed: u64,
    },
}

impl Plan {
    /// A plan with one thread, a warm-up of a tenth of the duration, and half a minute of patience.
    pub fn new(target: Target, messages: Vec<Message>, pace: Pace, duration: Duration) -> Self {
        let (warm_up, timeout) = (duration / 10, Duration::from_secs(30));
        let (threads, inner, patient) = (1, Vec::new(), None);
        Self { target, messages, pace, warm_up, duration, timeout, threads, inner, patient }
    }
}

impl Message {
    /// A `GET` without headers.
    pub fn get() -> Self {
        Self { method: Method::GET, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// A `POST` of bytes without headers.
    pub fn post(body: impl Into<Bytes>) -> Self {
        Self { method: Method::POST, headers: HeaderMap::new(), body: body.into() }
    }
}
