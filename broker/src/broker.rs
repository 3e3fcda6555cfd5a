use std::error::Error;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::desk::Desk;
use crate::{
    Config, Counts, Health, Observer, Pipeline, Priority, ShutdownError, SubmitError, Ticket,
    worker,
};

mod shutdown;

/// A bounded queue in front of one thread that owns one [`Pipeline`].
///
/// Clones share the queue and the thread. When the last of them is dropped, what was accepted is
/// still answered, and then the thread ends by itself; use [`Broker::shutdown`] to wait for that.
pub struct Broker<Request: Send + 'static, Response: Send + 'static> {
    worker: Arc<Worker<Request, Response>>,
}

/// Exists once for all clones, so that its drop means that nobody can submit any more.
struct Worker<Request: Send + 'static, Response: Send + 'static> {
    desk: Arc<Desk<Request, Response>>,
    /// None after the thread was joined.
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Closes when the thread has nothing of ours left to do. Waiting for it, unlike joining the
    /// thread, blocks nobody and can be given up.
    alive: watch::Receiver<()>,
}

impl<Request: Send + 'static, Response: Send + 'static> Broker<Request, Response> {
    /// Starts the worker thread and returns at once. The thread begins by calling `construct`, and
    /// nothing is accepted until that has returned: see [`Broker::health`].
    ///
    /// If `construct` fails or panics, the broker stays [`Health::Failed`] for good.
    ///
    /// # Errors
    ///
    /// If the system cannot start a thread, or if the name of the thread has a NUL in it.
    pub fn start<P, E, F>(
        config: Config,
        observer: Arc<dyn Observer>,
        construct: F,
    ) -> io::Result<Self>
    where
        P: Pipeline<Request = Request, Response = Response>,
        E: Into<Box<dyn Error + Send + Sync>>,
        F: FnOnce() -> Result<P, E> + Send + 'static,
    {
        let Config { name, queue, max_batch } = config;
        if name.contains('\0') {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a thread name with a NUL"));
        }
        let desk = Arc::new(Desk::new(queue, observer));
        let (running, alive) = watch::channel(());
        let body = worker::body(desk.clone(), max_batch.max(1), construct, running);
        let thread = thread::Builder::new().name(name).spawn(body)?;
        let thread = Mutex::new(Some(thread));
        Ok(Self { worker: Arc::new(Worker { desk, thread, alive }) })
    }

    /// Puts a request of [`Priority::Normal`] behind those of its class, or refuses it. Never
    /// blocks.
    ///
    /// A request that has not been answered at its deadline is answered
    /// [`RunError::Expired`](crate::RunError::Expired), and is not run if it was still waiting.
    ///
    /// # Errors
    ///
    /// See [`SubmitError`] for the reasons of a refusal. The request is dropped then.
    pub fn submit(
        &self,
        request: Request,
        deadline: Option<Instant>,
    ) -> Result<Ticket<Response>, SubmitError> {
        self.submit_as(Priority::Normal, 0, request, deadline)
    }

    /// Does what [`Broker::submit`] does, for a request of any class and of any flow. The queue has
    /// as many places for all of them together.
    ///
    /// A flow is whatever should not take more than its share while others want theirs, such as
    /// the requests of one client: within a class, flows take turns.
    ///
    /// # Errors
    ///
    /// See [`SubmitError`] for the reasons of a refusal. The request is dropped then.
    pub fn submit_as(
        &self,
        priority: Priority,
        flow: u64,
        request: Request,
        deadline: Option<Instant>,
    ) -> Result<Ticket<Response>, SubmitError> {
        self.worker.desk.submit(request, deadline, priority, flow)
    }

    /// A view of the health of the broker, which can be read and waited for without the worker.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.worker.desk.health()
    }

    /// What has become of all requests so far.
    pub fn counts(&self) -> Counts {
        self.worker.desk.counts()
    }

    /// How long a request that is submitted now would wait before it is run, judged by how long
    /// the latest batches took.
    ///
    /// While nothing has been measured it is one second, or nothing if the broker is idle. It is
    /// an estimate: what waits may be cancelled, and the next batch may be unlike the last.
    pub fn expected_wait(&self) -> Duration {
        self.worker.desk.expected_wait()
    }

    /// For how long the pipeline has been busy with its present batch; `None` while it is idle. One
    /// that never ends shows here, and nowhere else: what waits behind it merely expires.
    pub fn busy(&self) -> Option<Duration> {
        self.worker.desk.busy()
    }

    /// Stops admission, answers what was accepted, drops the pipeline on its thread and joins the
    /// thread.
    ///
    /// Nothing is begun after `grace`: what waits then is answered
    /// [`RunError::Stopped`](crate::RunError::Stopped). A batch that runs then is given one second
    /// more before it is answered so, too. Every clone may call this, and the shortest grace
    /// counts. If the returned future is dropped, the broker drains all the same.
    ///
    /// # Errors
    ///
    /// [`ShutdownError::StillRunning`] if the thread did not end in that time.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with its timer enabled.
    pub async fn shutdown(&self, grace: Duration) -> Result<(), ShutdownError> {
        self.worker.shutdown(grace).await
    }
}

impl<Request: Send + 'static, Response: Send + 'static> Clone for Broker<Request, Response> {
    fn clone(&self) -> Self {
        Self { worker: self.worker.clone() }
    }
}

impl<Request: Send + 'static, Response: Send + 'static> fmt::Debug for Broker<Request, Response> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broker")
            .field("health", &*self.worker.desk.health().borrow())
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

impl<Request: Send + 'static, Response: Send + 'static> Drop for Worker<Request, Response> {
    fn drop(&mut self) {
        // The thread is not joined: this may be a thread that runs async tasks, or the worker.
        self.desk.close(None);
    }
}
