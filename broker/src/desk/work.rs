use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Desk;
use super::front::Front;
use crate::panics::{contained, discard};
use crate::priority::Place;
use crate::queue::Lent;
use crate::{Candidate, Health, RunError};

/// How many times as many requests as a batch can have are looked at for it. Far behind the front
/// nobody is helped.
const LOOKAHEAD: usize = 4;

/// For how long a worker whose pipeline is quick looks out for the next request before it falls
/// asleep. To be woken takes longer than such a pipeline does, and Linux itself polls for as long
/// before it halts a processor of a guest (`guest_halt_poll_ns`).
const WATCH: Duration = Duration::from_micros(200);

/// Requests that were begun together.
pub(crate) struct Batch<Request> {
    places: Vec<Place>,
    requests: Vec<Request>,
    started: Instant,
}

/// The worker's side.
impl<Request, Response> Desk<Request, Response>
where
    Request: Send + 'static,
    Response: Send + 'static,
{
    /// The pipeline is constructed. Returns false if it is no longer wanted.
    pub(crate) fn ready(&self) -> bool {
        self.leave_loading(Health::Ready)
    }

    /// The pipeline could not be constructed.
    pub(crate) fn failed(&self, reason: Arc<str>) {
        self.leave_loading(Health::Failed(reason));
    }

    /// Waits until there is a batch to run. Returns None when the broker is closed and nothing is
    /// left to begin.
    pub(crate) fn next_batch(
        &self,
        most: usize,
        joins: impl Fn(&Request, &Request) -> bool,
        take: impl Fn(&[Candidate<'_, Request>]) -> usize,
        patience: impl Fn(&[Candidate<'_, Request>]) -> Duration,
    ) -> Option<Batch<Request>> {
        loop {
            let front = self.look(most.saturating_mul(LOOKAHEAD))?;
            let mut chosen = front.joined(most, &joins);
            let candidates = front.candidates(&chosen);
            if front.open && (1..most).contains(&chosen.len()) {
                let patience = contained(|| patience(&candidates)).unwrap_or_default();
                if !patience.is_zero() {
                    self.put_off(front, patience);
                    continue;
                }
            }
            let taken = contained(|| take(&candidates)).unwrap_or(1);
            chosen.truncate(taken.max(1));
            if let Some(batch) = self.begin(front.lent, &chosen) {
                return Some(batch);
            }
        }
    }

    /// Answers the requests of a batch. Returns whether batches of late were quick.
    pub(crate) fn finish(
        &self,
        places: &[Place],
        ran: Duration,
        outcome: Result<Vec<Response>, RunError>,
    ) -> bool {
        let size = places.len();
        let outcomes: Vec<_> = match outcome {
            Ok(responses) => responses.into_iter().map(Ok).collect(),
            Err(error) => (0..size).map(|_| Err(error.clone())).collect(),
        };
        let mut state = self.lock();
        state.estimate.finished(size, ran);
        let quick = state.estimate.is_quick();
        let decided: Vec<_> = places
            .iter()
            .zip(outcomes)
            .map(|(place, outcome)| state.queue.finish(*place, outcome, ran, size))
            .collect();
        drop(state);

        self.observer.tell(|observer| observer.batch_finished(size, ran));
        for decided in decided {
            match decided {
                Ok((reply, answer)) => {
                    self.observer.tell(|observer| match &answer {
                        Ok(_) => observer.ok(),
                        Err(error) => observer.failed(error),
                    });
                    let _ = contained(|| drop(reply.send(answer)));
                }
                Err(unwanted) => discard(unwanted),
            }
        }
        quick
    }

    /// The thread ends, however it came to that: nobody may be left waiting.
    pub(crate) fn stopped(&self) {
        let mut state = self.lock();
        if !matches!(state.health, Health::Failed(_)) {
            state.health = Health::Stopped;
        }
        drop(state);
        self.abandon_waiting();
        self.abandon_running();
        self.publish();
    }
}

impl<Request, Response> Desk<Request, Response>
where
    Request: Send + 'static,
    Response: Send + 'static,
{
    fn leave_loading(&self, health: Health) -> bool {
        let mut state = self.lock();
        let loading = state.health == Health::Loading;
        if loading {
            state.health = health;
        }
        drop(state);
        self.publish();
        loading
    }

    /// Waits until something waits and lends the front of the queue. The result may be empty.
    fn look(&self, most: usize) -> Option<Front<Request>> {
        let mut state = self.lock();
        let mut watched = !state.estimate.is_quick();
        loop {
            let now = Instant::now();
            let closed = state.health != Health::Ready;
            let late = state.drain_until.is_some_and(|until| until <= now);
            if closed && (late || state.queue.len() == 0) {
                return None;
            }
            if state.queue.len() > 0 {
                let expired = state.queue.expire(now);
                let lent = state.queue.lend(most);
                let accepted = state.queue.counts().accepted;
                drop(state);
                self.answer(expired, &RunError::Expired);
                return Some(Front { lent, accepted, open: !closed });
            }
            self.rung.store(false, Ordering::Relaxed);
            if watched {
                state = self.bell.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else {
                drop(state);
                self.watch(now);
                watched = true;
                state = self.lock();
            }
        }
    }

    /// Waits a little for the bell without falling asleep.
    fn watch(&self, since: Instant) {
        while !self.rung.load(Ordering::Acquire) && since.elapsed() < WATCH {
            // Whoever else wants this core has it.
            thread::yield_now();
        }
    }

    /// Puts the lent requests back and waits for one more, for as long as is said at most.
    fn put_off(&self, front: Front<Request>, patience: Duration) {
        let until = Instant::now() + patience;
        let mut state = self.lock();
        let lent = front.lent.into_iter();
        let left: Vec<_> = lent.filter_map(|lent| state.queue.give_back(lent)).collect();
        while state.health == Health::Ready && state.queue.counts().accepted == front.accepted {
            let rest = until.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                break;
            }
            let woken = self.bell.wait_timeout(state, rest);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(state);
        left.into_iter().for_each(discard);
    }

    /// Moves the chosen ones of the lent requests to those that run, and puts the others back.
    ///
    /// Any of them may have left while the lock was free. If it was the first, the others were
    /// compared with a request that is not in the batch, and all has to be looked at again.
    fn begin(&self, lent: Vec<Lent<Request>>, chosen: &[usize]) -> Option<Batch<Request>> {
        let mut batch = Batch { places: vec![], requests: vec![], started: Instant::now() };
        let mut waits = Vec::new();
        let mut left = Vec::new();
        let mut state = self.lock();
        let expired = state.queue.expire(batch.started);
        let first_is_there = lent.first().is_some_and(|first| state.queue.is_waiting(first.place));
        let mut chosen = chosen.iter().filter(|_| first_is_there).peekable();
        for (rank, lent) in lent.into_iter().enumerate() {
            if chosen.next_if(|&&next| next == rank).is_none() {
                left.extend(state.queue.give_back(lent));
            } else if let Some(waited) = state.queue.start(lent.place, batch.started) {
                waits.push(waited);
                batch.places.push(lent.place);
                batch.requests.push(lent.request);
            } else {
                left.push(lent.request);
            }
        }
        if !batch.places.is_empty() {
            state.estimate.started(batch.started);
        }
        let queued = state.queue.len();
        drop(state);

        self.answer(expired, &RunError::Expired);
        left.into_iter().for_each(discard);
        let size = batch.places.len();
        for waited in waits {
            self.observer.tell(|observer| observer.started(size, waited));
        }
        self.observer.tell(|observer| observer.depth(queued));
        (size > 0).then_some(batch)
    }
}

impl<Request> Batch<Request> {
    /// Splits into what the pipeline takes and what is needed to answer.
    pub(crate) fn into_parts(self) -> (Vec<Place>, Vec<Request>, Instant) {
        (self.places, self.requests, self.started)
    }
}
