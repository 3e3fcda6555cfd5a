/// What has become of all requests so far, taken at one instant.
///
/// A request is counted the moment its fate is decided, so at every instant `accepted` equals
/// `ok + failed + expired + cancelled + queued + running`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests that [`Broker::submit`](crate::Broker::submit) took in.
    pub accepted: u64,
    /// Requests that were answered with a response.
    pub ok: u64,
    /// Requests whose batch failed, or that a shutdown left unanswered.
    pub failed: u64,
    /// Requests that were refused. They were never accepted.
    pub rejected: u64,
    /// Requests whose deadline passed before their answer came.
    pub expired: u64,
    /// Requests whose ticket was dropped before their answer came.
    pub cancelled: u64,
    /// Requests that wait at this instant.
    pub queued: usize,
    /// Requests that were handed to the pipeline and still await their answer. One that expires or
    /// is cancelled while it runs leaves this number at once, though the pipeline finishes it.
    pub running: usize,
}

impl Counts {
    /// Requests whose fate is decided.
    pub fn settled(&self) -> u64 {
        self.ok + self.failed + self.expired + self.cancelled
    }

    /// Is every accepted request accounted for? Anything else is a bug in this crate.
    pub fn add_up(&self) -> bool {
        self.accepted == self.settled() + self.queued as u64 + self.running as u64
    }
}
