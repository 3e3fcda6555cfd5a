use std::iter;

use crate::Candidate;
use crate::panics::contained;
use crate::queue::Lent;

/// The front of the queue, lent.
pub(super) struct Front<Request> {
    pub(super) lent: Vec<Lent<Request>>,
    /// Requests that had ever been accepted by then.
    pub(super) accepted: u64,
    /// Whether more may come.
    pub(super) open: bool,
}

impl<Request> Front<Request> {
    /// The ranks of those that may be run together. The first one is among them.
    pub(super) fn joined(
        &self,
        most: usize,
        joins: impl Fn(&Request, &Request) -> bool,
    ) -> Vec<usize> {
        let Some(first) = self.lent.first() else { return Vec::new() };
        // A panic here is the fault of the two requests, not of those before them.
        let joins = |rank: &usize| {
            contained(|| joins(&first.request, &self.lent[*rank].request)).unwrap_or(false)
        };
        iter::once(0).chain((1..self.lent.len()).filter(joins)).take(most).collect()
    }

    pub(super) fn candidates(&self, ranks: &[usize]) -> Vec<Candidate<'_, Request>> {
        let lent = ranks.iter().map(|&rank| &self.lent[rank]);
        lent.map(|lent| Candidate { request: &lent.request, deadline: lent.deadline }).collect()
    }
}
