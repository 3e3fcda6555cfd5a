use std::fmt;
use std::hint::spin_loop;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep_until};

use crate::RunError;
use crate::priority::Place;

/// A response and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<R> {
    /// What the pipeline returned for the request.
    pub response: R,
    /// How long the request waited in the queue.
    pub waited: Duration,
    /// How long the pipeline ran on the whole batch.
    pub ran: Duration,
    /// How many requests ran together.
    pub batch_size: usize,
}

/// For how long the first poll looks out for an answer that is expected at once. It holds up the
/// other tasks of its thread for no longer than decoding a small picture does.
const WATCH: Duration = Duration::from_micros(20);

/// A place in the queue, and a future of the answer.
///
/// Dropping it cancels the request: its place is free at once, and it is not run unless it runs
/// already.
///
/// A deadline is kept to the moment while the ticket is polled on a tokio runtime with its timer
/// enabled. Elsewhere an overdue request is not run either, but the answer to it comes only when
/// the worker is between two batches.
///
/// # Panics
///
/// Polling panics after the answer was returned, and, if there is a deadline, on a tokio runtime
/// whose timer is disabled.
#[must_use = "dropping a ticket cancels its request"]
pub struct Ticket<R> {
    place: Place,
    answer: oneshot::Receiver<Result<Answer<R>, RunError>>,
    deadline: Option<Instant>,
    /// Made by the first poll: a request may be submitted where no runtime is.
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the answer is expected before a thread could be woken for it.
    soon: bool,
    desk: Arc<dyn Leave>,
    answered: bool,
}

/// Why a request goes without waiting for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    Cancelled,
    Expired,
}

/// Where a ticket gives its place back.
pub(crate) trait Leave: Send + Sync {
    /// Returns false if the fate of the request is already decided, in which case its answer has
    /// been sent or is about to be.
    fn leave(&self, place: Place, left: Left) -> bool;

    /// How many waiting requests come before this one; none if it does not wait.
    fn ahead(&self, place: Place) -> Option<usize>;
}

/// The other end of a ticket.
pub(crate) type Reply<R> = oneshot::Sender<Result<Answer<R>, RunError>>;

impl<R> Ticket<R> {
    pub(crate) fn new(
        place: Place,
        answer: oneshot::Receiver<Result<Answer<R>, RunError>>,
        deadline: Option<Instant>,
        soon: bool,
        desk: Arc<dyn Leave>,
    ) -> Self {
        Self { place, answer, deadline, timer: None, soon, desk, answered: false }
    }

    /// How many waiting requests are run before this one as things stand, or `None` when this one
    /// no longer waits: it runs, or is answered.
    pub fn ahead(&self) -> Option<usize> {
        self.desk.ahead(self.place)
    }

    /// Waits a little for an answer that will be there before a thread could be woken for it.
    fn watch(&mut self) {
        if std::mem::take(&mut self.soon) {
            let start = Instant::now();
            while self.answer.is_empty() && start.elapsed() < WATCH {
                spin_loop();
            }
        }
    }

    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        if self.timer.is_none() && Handle::try_current().is_ok() {
            self.timer = Some(Box::pin(sleep_until(deadline.into())));
        }
        match &mut self.timer {
            Some(timer) => timer.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

impl<R> Future for Ticket<R> {
    type Output = Result<Answer<R>, RunError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.watch();
        if let Poll::Ready(answer) = Pin::new(&mut self.answer).poll(context) {
            self.answered = true;
            return Poll::Ready(answer.unwrap_or(Err(RunError::Stopped)));
        }
        // The answer may be decided at this very moment. Then it counts, and is waited for.
        if self.poll_deadline(context).is_ready() && self.desk.leave(self.place, Left::Expired) {
            self.answered = true;
            return Poll::Ready(Err(RunError::Expired));
        }
        Poll::Pending
    }
}

impl<R> Drop for Ticket<R> {
    fn drop(&mut self) {
        if !self.answered {
            self.desk.leave(self.place, Left::Cancelled);
        }
    }
}

impl<R> fmt::Debug for Ticket<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("place", &self.place)
            .field("deadline", &self.deadline)
            .field("answered", &self.answered)
            .finish_non_exhaustive()
    }
}
