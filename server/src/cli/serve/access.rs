//! Who may ask, and how often.

use std::{io, path::PathBuf, sync::Arc};

use anyhow::Context;
use clap::{Args, builder::FalseyValueParser};
use http::HeaderValue;
use ipnet::IpNet;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use crate::{
    access::{Access, KeyRing, Limiter, Proxies, ProxyHeader, Rate},
    error_chain::error_chain,
    meters::Meters,
};

/// What `serve` can be told about access.
#[derive(Debug, Clone, Args)]
pub(super) struct AccessOptions {
    /// File with the keys of which one is needed, see `vitrine key new`; read again on SIGHUP
    #[arg(long, env = "VITRINE_KEYS", value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Let the page work without a key although programs need one
    #[arg(long, env = "VITRINE_PAGE_OPEN", requires = "keys", value_parser = FalseyValueParser::new())]
    page_open: bool,
    /// How often one client may have pictures classified, such as 10/s or 600/m,50 with a burst
    #[arg(long, env = "VITRINE_RATE", value_name = "N/s|m|h[,BURST]")]
    rate: Option<Rate>,
    /// Network (CIDR) of proxies that say truly whom they ask for; can be repeated
    #[arg(long, env = "VITRINE_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',')]
    trusted_proxy: Vec<IpNet>,
    /// The header in which those proxies say it
    #[arg(
        long,
        env = "VITRINE_PROXY_HEADER",
        value_name = "NAME",
        value_enum,
        default_value = "x-forwarded-for"
    )]
    proxy_header: ProxyHeader,
    /// Origin whose pages may ask, such as https://shop.example; can be repeated
    #[arg(long, env = "VITRINE_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',',
        value_parser = origin)]
    cors_origin: Vec<HeaderValue>,
    /// Answer /metrics on the public listener, too
    #[arg(long, env = "VITRINE_PUBLIC_METRICS", value_parser = FalseyValueParser::new())]
    pub(super) public_metrics: bool,
}

impl AccessOptions {
    /// The keys, if there are any.
    ///
    /// # Errors
    ///
    /// When their file is no good.
    pub(super) fn keys(&self) -> anyhow::Result<Option<Arc<KeyRing>>> {
        let keys = self.keys.as_deref().map(KeyRing::read).transpose();
        Ok(keys.context("see `vitrine key new`")?.map(Arc::new))
    }

    pub(super) fn access(&self, keys: Option<Arc<KeyRing>>, meters: Arc<Meters>) -> Access {
        Access {
            keys,
            page_open: self.page_open,
            rate: self.rate,
            limiter: Arc::new(Limiter::default()),
            proxies: Proxies { trusted: self.trusted_proxy.clone(), header: self.proxy_header },
            meters: Some(meters),
        }
    }

    pub(super) fn origins(&self) -> Vec<HeaderValue> {
        self.cors_origin.clone()
    }
}

/// Reads the keys again on every `SIGHUP`.
///
/// # Errors
///
/// When the system does not let us listen for the signal.
pub(super) fn reread(keys: Arc<KeyRing>) -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match keys.reload() {
                Ok(count) => tracing::info!(count, "the keys are read again"),
                Err(error) => {
                    let reason = error_chain(&error);
                    tracing::error!(reason, "the keys stay as they were");
                }
            }
        }
    });
    Ok(())
}

/// An origin as browsers send it. `*` is none: whoever wants everybody's pages to ask has to name
/// them.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let wrong = || format!("{text:?} is no origin; it is written as https://shop.example");
    let url = Url::parse(text).map_err(|_| wrong())?;
    let origin = url.origin();
    // Nothing on the web has a host with a star in its name, but somebody may mean it as a pattern.
    if !origin.is_tuple() || text.contains('*') || origin.ascii_serialization() != text {
        return Err(wrong());
    }
    HeaderValue::from_str(text).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        for good in ["https://shop.example", "http://localhost:3000", "https://[2001:db8::1]:8443"]
        {
            assert!(origin(good).is_ok(), "{good}");
        }
        for bad in [
            "*",
            "null",
            "shop.example",
            "https://shop.example/",
            "https://*.example:80",
            "file:///",
            "HTTPS://shop.example",
            "https://shop.example:443",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
