//! What the operator hears, and the client does not.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use server::fetch::Fetcher;

use crate::support::{Host, Names, policy};

#[tokio::test]
async fn the_log_has_the_address_but_not_the_query() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let names = Names::default().with("a.example.org", &[&["10.11.12.13"], &["127.0.0.1"]]);
    let fetcher = Fetcher::with_resolver(policy(&["127.0.0.1"]), Arc::new(names)).unwrap();
    let host = Host::answering("404 Not Found", b"");
    let url =
        format!("http://a.example.org:{}/cat.png?signature=confidential", host.address.port());

    let refused = fetcher.fetch(&url).await.unwrap_err();
    let text = log.take();
    assert!(text.contains("vitrine::fetch") && text.contains("url_not_allowed"), "{text}");
    assert!(text.contains("a.example.org: 10.11.12.13 port"), "{text}");
    let missing = fetcher.fetch(&url).await.unwrap_err();
    let text = log.take();
    assert!(text.contains(&host.address.to_string()) && text.contains("404"), "{text}");
    assert!(!text.contains("confidential"), "{text}");
    for error in [refused, missing] {
        let message = format!("{error} {error:?}");
        assert!(!message.contains("10.11") && !message.contains("127.0"), "{message}");
    }

    // What a host sends cannot write lines of its own.
    let forger = Host::answering("200 OK\r\nContent-Encoding: \x1b[2J", b"");
    fetcher.fetch(&forger.url()).await.unwrap_err();
    assert!(!log.take().contains("\x1b[2J"));
}

#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
