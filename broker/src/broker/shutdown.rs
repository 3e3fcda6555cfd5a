use std::sync::PoisonError;
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio::time::timeout_at;

use super::Worker;
use crate::ShutdownError;

/// How long the thread has, after the grace, to notice it and to finish what it cannot interrupt.
/// Without it, no grace at all would call even an idle thread busy.
const AFTER_GRACE: Duration = Duration::from_secs(1);

impl<Request: Send + 'static, Response: Send + 'static> Worker<Request, Response> {
    pub(super) async fn shutdown(&self, grace: Duration) -> Result<(), ShutdownError> {
        // A grace too long to be told as a time is endless.
        let until = Instant::now().checked_add(grace);
        self.desk.close(until);
        if !self.ends_before(until).await {
            self.desk.abandon_waiting();
            if !self.ends_before(Instant::now().checked_add(AFTER_GRACE)).await {
                self.desk.abandon_running();
                return Err(ShutdownError::StillRunning);
            }
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // Only the destructors of its thread-local values are left, but they may be slow.
            if !matches!(spawn_blocking(|| thread.join()).await, Ok(Ok(()))) {
                tracing::error!("the worker thread could not be joined");
            }
        }
        Ok(())
    }

    async fn ends_before(&self, until: Option<Instant>) -> bool {
        let mut alive = self.alive.clone();
        // It is never written to, so the only news is that its sender is gone.
        let end = async { while alive.changed().await.is_ok() {} };
        match until {
            Some(until) => timeout_at(until.into(), end).await.is_ok(),
            None => {
                end.await;
                true
            }
        }
    }
}
