//! Certificates count.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use server::fetch::{Denied, FetchError, Fetcher};

use crate::support::{Host, Names, PICTURE, fetcher, policy};

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused() {
    let name = "pictures.example.org";
    let made = rcgen::generate_simple_self_signed([name.into(), "127.0.0.1".into()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config =
        ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
    let config = Arc::new(config);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let copy = Arc::clone(&heard);
    let host = Host::raw("127.0.0.1:0", move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        let mut request = Vec::new();
        drop(stream.read_to_end(&mut request));
        copy.lock().unwrap().extend(request);
    });
    let names = Arc::new(Names::default().with(name, &[&["127.0.0.1"]]));
    let fetcher = Fetcher::with_resolver(policy(&["127.0.0.1"]), names).unwrap();
    for host_name in [name, "127.0.0.1"] {
        let url = format!("https://{host_name}:{}/", host.address.port());
        assert_eq!(fetcher.fetch(&url).await.unwrap_err(), FetchError::Unreachable);
    }
    assert_eq!(host.connections(), 2);
    assert!(heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn https_does_not_fall_back_to_http() {
    let host = Host::raw("127.0.0.1:0", |mut stream| {
        drop(stream.write_all(&[b"HTTP/1.1 200 OK\r\n\r\n", PICTURE].concat()));
        drop(stream.read(&mut [0; 4096]));
    });
    let url = format!("https://{}/", host.address);
    assert_eq!(fetcher().fetch(&url).await.unwrap_err(), FetchError::Unreachable);
    // Without a scheme there is nothing to guess either.
    assert_eq!(fetcher().fetch(&host.address.to_string()).await.unwrap_err().code(), "url_invalid");
    let named = format!("localhost:{}", host.address.port());
    let error = fetcher().fetch(&named).await.unwrap_err();
    assert_eq!(error, FetchError::NotAllowed(Denied::Scheme));
    assert_eq!(host.connections(), 1);
}
