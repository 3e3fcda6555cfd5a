//! Where the time of a picture went.

use std::time::{Duration, Instant};

use app::wire::Timing;

/// Where the time of one picture went.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) waited: Duration,
    pub(crate) ran: Duration,
}

impl Times {
    /// All the times of a picture that has been on its way since then.
    pub(crate) fn timing(self, fetching: Duration, decoding: Duration, since: Instant) -> Timing {
        Timing {
            fetch_ms: milliseconds(fetching),
            decode_ms: milliseconds(decoding),
            queue_ms: milliseconds(self.waited),
            inference_ms: milliseconds(self.ran),
            total_ms: milliseconds(since.elapsed()),
        }
    }
}

/// Milliseconds to the microsecond: more digits would be noise.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}
