//! A server that does as it is told, and models whose weights it has.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use server::pull::{Outcome, Pull, PullError, Settings};
use tempfile::TempDir;
use vision::card::ModelCard;

/// The weights: `BODY_LEN` bytes that do not repeat soon.
pub(crate) fn body() -> Vec<u8> {
    (0..BODY_LEN as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

pub(crate) const BODY_LEN: usize = 100_000;

/// SHA-256 of [`body`].
pub(crate) const SHA256: &str = "e24ae9cbcc7500392dfa5d018f63f0bf87232dc30ae5996d8ca6b25c2ae4b665";

/// Where the card says that the weights are. There is no such host, so tests that forget the mirror fail.
pub(crate) const ADDRESS: &str = "https://weights.invalid/a/model.safetensors";

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked(String);

impl Asked {
    pub(crate) fn line(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Where the piece begins that was asked for.
    pub(crate) fn from(&self) -> Option<usize> {
        self.header("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// A server on loopback, one thread for all connections.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// `answer` is called with the number of the request, the request, and where to write to.
    pub(crate) fn new(answer: impl Fn(usize, &Asked, &mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read_head(&mut stream);
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(request.clone());
                    log.len() - 1
                };
                answer(number, &request, &mut stream);
            }
        });
        Self { address, asked }
    }

    /// A server without fault.
    pub(crate) fn good() -> Self {
        Self::new(|_, asked, out| send(out, asked, "\"1\"", &body(), BODY_LEN))
    }

    /// A server that sends the same to everybody.
    pub(crate) fn sending(head: &str, body: &[u8]) -> Self {
        let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len());
        let bytes = [head.as_bytes(), body].concat();
        Self::new(move |_, _, out| drop(out.write_all(&bytes)))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn read_head(stream: &mut TcpStream) -> Asked {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.extend(byte);
    }
    Asked(String::from_utf8_lossy(&head).into_owned())
}

/// Answers as a good server does, the whole or a piece, but sends at most `most` bytes of it.
pub(crate) fn send(out: &mut TcpStream, asked: &Asked, etag: &str, body: &[u8], most: usize) {
    let from = asked.from().filter(|_| asked.header("if-range") == Some(etag));
    let len = body.len();
    let head = match from {
        Some(from) if from >= len => {
            format!(
                "416 Range Not Satisfiable\r\nContent-Range: bytes */{len}\r\nContent-Length: 0"
            )
        }
        Some(from) => format!(
            "206 Partial Content\r\nContent-Range: bytes {from}-{}/{len}\r\nContent-Length: {}",
            len - 1,
            len - from
        ),
        None => format!("200 OK\r\nContent-Length: {len}"),
    };
    let piece = &body[from.unwrap_or(0).min(len)..];
    let _ = write!(out, "HTTP/1.1 {head}\r\nETag: {etag}\r\n\r\n");
    let _ = out.write_all(&piece[..most.min(piece.len())]);
}

/// A folder of models with one in it, whose card can be made to say more or less.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) folder: TempDir,
    pub(crate) card: ModelCard,
}

impl Model {
    /// A model whose card knows everything about its weights.
    pub(crate) fn new() -> Self {
        Self::with(&format!("url = {ADDRESS:?}\nsha256 = {SHA256:?}\nsize = {BODY_LEN}"))
    }

    /// A model with these lines about its weights.
    pub(crate) fn with(weights: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let own = folder.path().join("tiny");
        std::fs::create_dir(&own).unwrap();
        std::fs::write(own.join("labels.txt"), "cat\ndog\n").unwrap();
        let card = format!(
            "name = 'tiny'\ntitle = 'Tiny'\ndescription = 'For tests.'\nlicence = 'CC0'\n\
             [architecture]\nkind = 'vgg11'\n[input]\nsize = 224\npreset = 'torchvision'\n\
             [labels]\nfile = 'labels.txt'\n[weights]\nfile = 'model.safetensors'\n{weights}\n"
        );
        std::fs::write(own.join("model.toml"), card).unwrap();
        let card = ModelCard::load(&own).unwrap();
        Self { folder, card }
    }

    pub(crate) fn file(&self, extension: &str) -> PathBuf {
        self.folder.path().join("tiny").join(format!("model.safetensors{extension}"))
    }

    /// Leaves what a pull that was killed would, having begun at the server.
    pub(crate) fn leave(&self, server: &Server, bytes: &[u8], etag: &str) {
        let address = format!("{}/a/model.safetensors", server.url());
        let note = serde_json::json!({"address": address, "validator": etag, "total": BODY_LEN});
        std::fs::write(self.file(".part"), bytes).unwrap();
        std::fs::write(self.file(".part.json"), note.to_string()).unwrap();
    }

    pub(crate) fn pull(&self, server: &Server) -> Result<Outcome, PullError> {
        self.pull_with(settings(server))
    }

    pub(crate) fn pull_with(&self, settings: Settings) -> Result<Outcome, PullError> {
        Pull::new(settings).unwrap().weights(&self.card, &mut ())
    }

    /// Pulls, which fails, and says why.
    pub(crate) fn fail(&self, server: &Server) -> String {
        let error = self.pull(server).unwrap_err();
        self.assert_absent();
        error.to_string()
    }

    /// The file and nothing else.
    pub(crate) fn assert_whole(&self) {
        assert!(std::fs::read(self.file("")).unwrap() == body(), "other bytes than were sent");
        assert_eq!(self.files(), ["model.safetensors"]);
    }

    pub(crate) fn assert_absent(&self) {
        assert!(!self.file("").exists(), "a file under its own name after a failure");
    }

    /// What there is of the weights, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join("tiny")).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|it| it.starts_with("model.s")).collect();
        names.sort();
        names
    }
}

/// What the server's mirror and little patience make of the defaults.
pub(crate) fn settings(server: &Server) -> Settings {
    Settings {
        mirror: Some(server.url().parse().unwrap()),
        attempts: 3,
        backoff: Duration::from_millis(1),
        connect_timeout: Duration::from_secs(2),
        read_timeout: Duration::from_millis(500),
        // The environment of a test may name any.
        proxies: false,
        ..Settings::default()
    }
}
