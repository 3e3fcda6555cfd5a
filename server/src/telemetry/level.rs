//! Which lines are logged, changed while the program runs.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tracing_subscriber::EnvFilter;

/// The filter of the log. Clones are the same one.
#[derive(Clone)]
pub struct LogLevel(Arc<Inner>);

struct Inner {
    filter: Mutex<String>,
    reload: Box<dyn Fn(EnvFilter) -> anyhow::Result<()> + Send + Sync>,
}

impl LogLevel {
    /// The filter that is `filter` now and is changed by `reload`.
    pub fn new(
        filter: &str,
        reload: impl Fn(EnvFilter) -> anyhow::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner { filter: Mutex::new(filter.to_owned()), reload: Box::new(reload) }))
    }

    /// The filter, in the syntax of `RUST_LOG`.
    pub fn get(&self) -> String {
        self.0.filter.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes another filter.
    ///
    /// # Errors
    ///
    /// When it cannot be read. The old one stays then.
    pub fn set(&self, filter: &str) -> anyhow::Result<()> {
        let filter = filter.trim();
        (self.0.reload)(parse(filter)?)?;
        filter.clone_into(&mut self.0.filter.lock().unwrap_or_else(PoisonError::into_inner));
        tracing::info!(filter, "the log has another filter");
        Ok(())
    }
}

impl fmt::Debug for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LogLevel").field(&self.get()).finish()
    }
}

pub(super) fn parse(filter: &str) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(filter)
        .map_err(|error| anyhow::anyhow!("cannot read the log filter {filter:?}: {error}"))
}
