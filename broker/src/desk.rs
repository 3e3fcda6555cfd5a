use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use crate::estimate::Estimate;
use crate::observer::{Guarded, Observer};
use crate::panics::{contained, discard};
use crate::priority::Place;
use crate::queue::{Gone, Queue};
use crate::ticket::{Leave, Left};
use crate::{Counts, Health, Priority, RunError, SubmitError, Ticket};

mod front;
mod work;

/// What the submitters, the tickets and the worker share.
///
/// The lock is held for bookkeeping only. Pipelines, observers, wakers and the destructors of
/// requests and responses run outside of it, because they may take long, panic, or call the
/// broker.
pub(crate) struct Desk<Request, Response> {
    state: Mutex<State<Request, Response>>,
    /// Rings when a request comes or the broker closes. Only the worker listens, and only with an
    /// empty queue, so an idle broker costs nothing.
    bell: Condvar,
    /// Whether the bell has been rung since the worker looked last.
    rung: AtomicBool,
    /// Shows `State::health` to the outside. It is written after the state and never under its
    /// lock: someone who submits while looking at it would otherwise deadlock.
    health: watch::Sender<Health>,
    observer: Guarded,
}

struct State<Request, Response> {
    queue: Queue<Request, Response>,
    health: Health,
    /// From when on nothing more is begun, once the broker is closed. None is "never".
    drain_until: Option<Instant>,
    estimate: Estimate,
}

impl<Request, Response> Desk<Request, Response>
where
    Request: Send + 'static,
    Response: Send + 'static,
{
    pub(crate) fn new(queue: usize, observer: Arc<dyn Observer>) -> Self {
        let state = State {
            queue: Queue::new(queue),
            health: Health::Loading,
            drain_until: None,
            estimate: Estimate::default(),
        };
        Self {
            state: Mutex::new(state),
            bell: Condvar::new(),
            rung: AtomicBool::new(false),
            health: watch::Sender::new(Health::Loading),
            observer: Guarded::new(observer),
        }
    }

    pub(crate) fn submit(
        self: &Arc<Self>,
        request: Request,
        deadline: Option<Instant>,
        priority: Priority,
        flow: u64,
    ) -> Result<Ticket<Response>, SubmitError> {
        let now = Instant::now();
        let (reply, answer) = oneshot::channel();
        let mut state = self.lock();
        // A ticket that nobody polls does not notice its deadline. Its place is free all the same.
        let expired = if state.queue.is_full() { state.queue.expire(now) } else { Vec::new() };
        let admission = match state.refusal(now) {
            Some(refusal) => {
                state.queue.reject();
                // The request must be dropped where no lock is held, so it is handed out again.
                Err((refusal, request))
            }
            None => Ok(state.queue.push(request, reply, now, deadline, priority, flow)),
        };
        let queued = state.queue.len();
        let soon = queued == 1 && state.estimate.is_quick();
        drop(state);

        self.answer(expired, &RunError::Expired);
        match admission {
            Ok(place) => {
                self.ring();
                self.observer.tell(Observer::accepted);
                self.observer.tell(|observer| observer.depth(queued));
                Ok(Ticket::new(place, answer, deadline, soon, self.clone()))
            }
            Err((refusal, _)) => {
                self.observer.tell(|observer| observer.rejected(&refusal));
                Err(refusal)
            }
        }
    }

    pub(crate) fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.lock().queue.counts()
    }

    pub(crate) fn expected_wait(&self) -> Duration {
        self.lock().expected_wait(Instant::now())
    }

    pub(crate) fn busy(&self) -> Option<Duration> {
        self.lock().estimate.busy(Instant::now())
    }

    /// Stops admission. What waits is still begun until the given time; of several times the
    /// earliest counts.
    pub(crate) fn close(&self, until: Option<Instant>) {
        let mut state = self.lock();
        if matches!(state.health, Health::Loading | Health::Ready) {
            state.health = Health::Draining;
        }
        state.drain_until = match (state.drain_until, until) {
            (Some(earlier), Some(until)) => Some(earlier.min(until)),
            (earlier, until) => earlier.or(until),
        };
        drop(state);
        self.ring();
        self.publish();
    }

    /// Answers all that wait, because the time to begin them is over.
    pub(crate) fn abandon_waiting(&self) {
        let gone = self.lock().queue.abandon_waiting();
        self.answer(gone, &RunError::Stopped);
    }

    /// Answers all that run, because nobody may wait for them any longer.
    pub(crate) fn abandon_running(&self) {
        let gone = self.lock().queue.abandon_running();
        self.answer(gone, &RunError::Stopped);
    }

    fn ring(&self) {
        self.rung.store(true, Ordering::Release);
        self.bell.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State<Request, Response>> {
        // Nothing that can panic runs under the lock; and were it poisoned, every answer that is
        // still owed would be lost with it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the health of this instant, so that the last of several publishers shows the last
    /// state whatever their order.
    fn publish(&self) {
        let mut changed = None;
        self.health.send_if_modified(|shown| {
            let health = self.lock().health.clone();
            let modified = *shown != health;
            if modified {
                shown.clone_from(&health);
                changed = Some(health);
            }
            modified
        });
        if let Some(health) = changed {
            self.observer.tell(|observer| observer.health(&health));
        }
    }

    /// Answers requests that were taken out before they had a response.
    fn answer(&self, gone: Vec<Gone<Request, Response>>, error: &RunError) {
        if gone.is_empty() {
            return;
        }
        for (request, reply) in gone {
            self.observer.tell(|observer| match error {
                RunError::Expired => observer.expired(),
                _ => observer.failed(error),
            });
            let _ = contained(|| drop(reply.send(Err(error.clone()))));
            discard(request);
        }
        let queued = self.lock().queue.len();
        self.observer.tell(|observer| observer.depth(queued));
    }
}

impl<Request, Response> State<Request, Response> {
    fn refusal(&self, now: Instant) -> Option<SubmitError> {
        match &self.health {
            Health::Loading => Some(SubmitError::Loading),
            Health::Failed(reason) => Some(SubmitError::Failed { reason: reason.clone() }),
            Health::Draining | Health::Stopped => Some(SubmitError::Draining),
            Health::Ready if self.queue.is_full() => {
                Some(SubmitError::Busy { retry_after: self.expected_wait(now) })
            }
            Health::Ready => None,
        }
    }

    fn expected_wait(&self, now: Instant) -> Duration {
        self.estimate.wait(self.queue.len(), now)
    }
}

impl<Request, Response> Leave for Desk<Request, Response>
where
    Request: Send + 'static,
    Response: Send + 'static,
{
    fn ahead(&self, place: Place) -> Option<usize> {
        self.lock().queue.ahead(place)
    }

    fn leave(&self, place: Place, left: Left) -> bool {
        let mut state = self.lock();
        let Some(gone) = state.queue.leave(place, left) else { return false };
        let queued = state.queue.len();
        drop(state);
        match left {
            Left::Cancelled => self.observer.tell(Observer::cancelled),
            Left::Expired => self.observer.tell(Observer::expired),
        }
        self.observer.tell(|observer| observer.depth(queued));
        // A ticket is often dropped while its task unwinds, where a second panic would abort.
        discard(gone);
        true
    }
}

impl<Request, Response> fmt::Debug for Desk<Request, Response> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("health", &*self.health.borrow()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
