use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::priority::Place;
use crate::ticket::{Left, Reply};
use crate::turns::Turns;
use crate::{Answer, Counts, Priority, RunError};

/// The requests that await an answer, and the count of all.
///
/// A request is in `waiting`, then in `running`, then in neither. Whoever takes it out, under the
/// lock around this value, holds its [`Reply`] and counts it in the same step: that is why there
/// is exactly one answer and why the counts always add up. Nothing of the user's runs here, not
/// even a destructor: whatever is taken out is handed to the caller.
#[derive(Debug)]
pub(crate) struct Queue<Request, Response> {
    limit: usize,
    next_id: u64,
    turns: Turns,
    /// In the order in which they are run.
    waiting: BTreeMap<Place, Waiting<Request, Response>>,
    running: BTreeMap<Place, Running<Response>>,
    /// `queued` and `running` stay zero here, the maps know them.
    totals: Counts,
}

#[derive(Debug)]
struct Waiting<Request, Response> {
    /// None while the worker looks at it to decide what joins the batch. The request keeps its
    /// place meanwhile, and can still be cancelled.
    request: Option<Request>,
    reply: Reply<Response>,
    accepted: Instant,
    deadline: Option<Instant>,
}

#[derive(Debug)]
struct Running<Response> {
    reply: Reply<Response>,
    waited: Duration,
}

/// A request that is looked at. It is still in the queue.
#[derive(Debug)]
pub(crate) struct Lent<Request> {
    pub(crate) place: Place,
    pub(crate) request: Request,
    pub(crate) deadline: Option<Instant>,
}

/// What was taken out before it ran, for the caller to answer and to drop. The request is None if
/// the worker holds it.
pub(crate) type Gone<Request, Response> = (Option<Request>, Reply<Response>);

/// What [`Queue::finish`] decided, for the caller to send.
pub(crate) type Decided<Response> = (Reply<Response>, Result<Answer<Response>, RunError>);

impl<Request, Response> Queue<Request, Response> {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            next_id: 0,
            turns: Turns::default(),
            waiting: BTreeMap::new(),
            running: BTreeMap::new(),
            totals: Counts::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= self.limit
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts { queued: self.waiting.len(), running: self.running.len(), ..self.totals }
    }

    pub(crate) fn reject(&mut self) {
        self.totals.rejected += 1;
    }

    pub(crate) fn push(
        &mut self,
        request: Request,
        reply: Reply<Response>,
        accepted: Instant,
        deadline: Option<Instant>,
        priority: Priority,
        flow: u64,
    ) -> Place {
        let place = Place { priority, turn: self.turns.next(flow), id: self.next_id };
        self.next_id += 1;
        self.totals.accepted += 1;
        self.waiting.insert(place, Waiting { request: Some(request), reply, accepted, deadline });
        place
    }

    /// Takes a request out whose ticket no longer waits, or nothing if its fate is decided.
    pub(crate) fn leave(&mut self, place: Place, left: Left) -> Option<Gone<Request, Response>> {
        let gone = match self.waiting.remove(&place) {
            Some(waiting) => (waiting.request, waiting.reply),
            None => (None, self.running.remove(&place)?.reply),
        };
        match left {
            Left::Cancelled => self.totals.cancelled += 1,
            Left::Expired => self.totals.expired += 1,
        }
        Some(gone)
    }

    /// Takes out every waiting request whose deadline has passed.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Gone<Request, Response>> {
        let overdue = |waiting: &Waiting<_, _>| waiting.deadline.is_some_and(|at| at <= now);
        let expired: Vec<_> = self
            .waiting
            .extract_if(.., |_, waiting| overdue(waiting))
            .map(|(_, waiting)| (waiting.request, waiting.reply))
            .collect();
        self.totals.expired += expired.len() as u64;
        expired
    }

    /// Hands out the first requests to be looked at.
    pub(crate) fn lend(&mut self, most: usize) -> Vec<Lent<Request>> {
        let first = self.waiting.iter_mut().take(most);
        let lend = |(place, waiting): (&Place, &mut Waiting<_, _>)| {
            let request = waiting.request.take()?;
            Some(Lent { place: *place, request, deadline: waiting.deadline })
        };
        first.filter_map(lend).collect()
    }

    /// Puts a lent request back into its place, or returns it if the place is gone.
    pub(crate) fn give_back(&mut self, lent: Lent<Request>) -> Option<Request> {
        match self.waiting.get_mut(&lent.place) {
            Some(waiting) => {
                waiting.request = Some(lent.request);
                None
            }
            None => Some(lent.request),
        }
    }

    pub(crate) fn ahead(&self, place: Place) -> Option<usize> {
        self.is_waiting(place).then(|| self.waiting.range(..place).count())
    }

    pub(crate) fn is_waiting(&self, place: Place) -> bool {
        self.waiting.contains_key(&place)
    }

    /// Moves a lent request to those that run and tells how long it waited, or returns None if it
    /// is gone.
    pub(crate) fn start(&mut self, place: Place, now: Instant) -> Option<Duration> {
        let Waiting { reply, accepted, .. } = self.waiting.remove(&place)?;
        self.turns.begin(place.turn);
        let waited = now.saturating_duration_since(accepted);
        self.running.insert(place, Running { reply, waited });
        Some(waited)
    }

    /// Decides a request that ran, or returns the response if it has left.
    pub(crate) fn finish(
        &mut self,
        place: Place,
        outcome: Result<Response, RunError>,
        ran: Duration,
        batch_size: usize,
    ) -> Result<Decided<Response>, Option<Response>> {
        let Some(Running { reply, waited }) = self.running.remove(&place) else {
            return Err(outcome.ok());
        };
        match &outcome {
            Ok(_) => self.totals.ok += 1,
            Err(_) => self.totals.failed += 1,
        }
        let answer = outcome.map(|response| Answer { response, waited, ran, batch_size });
        Ok((reply, answer))
    }

    /// Takes everything out that waits, counted as failed.
    pub(crate) fn abandon_waiting(&mut self) -> Vec<Gone<Request, Response>> {
        self.totals.failed += self.waiting.len() as u64;
        let waiting = std::mem::take(&mut self.waiting).into_values();
        waiting.map(|waiting| (waiting.request, waiting.reply)).collect()
    }

    /// Takes everything out that runs, counted as failed.
    pub(crate) fn abandon_running(&mut self) -> Vec<Gone<Request, Response>> {
        self.totals.failed += self.running.len() as u64;
        let running = std::mem::take(&mut self.running).into_values();
        running.map(|running| (None, running.reply)).collect()
    }
}

#[cfg(test)]
mod tests;
