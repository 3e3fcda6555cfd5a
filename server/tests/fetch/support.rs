//! Hosts, resolvers and fetchers for the tests.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use server::fetch::{FetchMode, FetchPolicy, Fetcher, Resolve, Resolving};

pub(crate) const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

/// A host on loopback that does as it is told with each connection, and counts them.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Host {
    /// A host at 127.0.0.1, where `answer` is called with each connection and what was asked on it.
    pub(crate) fn new(answer: impl Fn(TcpStream, &str) + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0", answer)
    }

    pub(crate) fn at(
        address: &str,
        answer: impl Fn(TcpStream, &str) + Send + Sync + 'static,
    ) -> Self {
        Self::raw(address, move |mut stream| {
            let request = read_head(&mut stream);
            answer(stream, &request);
        })
    }

    /// A host that need not wait for a request.
    pub(crate) fn raw(address: &str, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (count, serve) = (Arc::clone(&connections), Arc::new(serve));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                count.fetch_add(1, Ordering::SeqCst);
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(stream));
            }
        });
        Self { address, connections }
    }

    /// A host that sends the same bytes to everybody.
    pub(crate) fn sending(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::new(move |mut stream, _| drop(stream.write_all(&bytes)))
    }

    /// A host that sends a head and a body with its length.
    pub(crate) fn answering(head: &str, body: &[u8]) -> Self {
        let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len());
        Self::sending([head.as_bytes(), body].concat())
    }

    /// A host that nobody should connect to, at a port of its own on 127.0.0.1.
    pub(crate) fn trap() -> Self {
        Self::answering("200 OK", b"secret")
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        // A connection that was made is counted by another thread, a little later.
        std::thread::sleep(Duration::from_millis(20));
        self.connections.load(Ordering::SeqCst)
    }
}

fn read_head(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.extend(byte);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A resolver that knows a few names. Each has a sequence of answers, the last of which stays.
#[derive(Debug, Default)]
pub(crate) struct Names {
    answers: HashMap<String, Vec<Vec<IpAddr>>>,
    otherwise: Option<IpAddr>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    pub(crate) fn with(mut self, name: &str, answers: &[&[&str]]) -> Self {
        let parse = |answer: &&[&str]| answer.iter().map(|it| it.parse().unwrap()).collect();
        self.answers.insert(name.into(), answers.iter().map(parse).collect());
        self
    }

    /// Every other name has this address, as those of wildcard services for testing do.
    pub(crate) fn otherwise(mut self, address: &str) -> Self {
        self.otherwise = Some(address.parse().unwrap());
        self
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Resolve for Names {
    fn resolve(&self, name: &str) -> Resolving {
        let mut asked = self.asked.lock().unwrap();
        let before = asked.iter().filter(|it| *it == name).count();
        asked.push(name.into());
        let known = self.answers.get(name).and_then(|all| all.get(before).or(all.last())).cloned();
        let answer = known.or(self.otherwise.map(|it| vec![it]));
        Box::pin(async move { answer.ok_or_else(|| std::io::Error::other("no such name")) })
    }
}

/// A policy that goes to the public internet and to the given places, without much patience.
pub(crate) fn policy(allow: &[&str]) -> FetchPolicy {
    FetchPolicy {
        mode: FetchMode::Public,
        allow: allow.iter().map(|it| it.parse().unwrap()).collect(),
        max_bytes: 64 * 1024,
        timeout: Duration::from_secs(5),
        ..FetchPolicy::default()
    }
}

/// A fetcher that may go to 127.0.0.1.
pub(crate) fn fetcher() -> Fetcher {
    Fetcher::new(policy(&["127.0.0.1/32"])).unwrap()
}

/// A fetcher that may go to 127.0.0.1 and loses patience soon.
pub(crate) fn hasty() -> Fetcher {
    let timeout = Duration::from_millis(300);
    Fetcher::new(FetchPolicy { timeout, ..policy(&["127.0.0.1/32"]) }).unwrap()
}
