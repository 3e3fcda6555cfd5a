//! TLS towards others: for fetched pictures and for weights.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// Settings that trust the roots Mozilla does, compiled in: the same on every machine, and there in a
/// container that holds nothing but the server.
pub(crate) fn client_config() -> Result<ClientConfig, rustls::Error> {
    // Named, not taken from the process: a default that another library sets or forgets must not matter.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
