//! How things stand: for probes and for the exposition of the meters.

use std::{collections::BTreeMap, sync::atomic::Ordering, time::Duration};

use app::wire::ModelState;
use broker::Health;

use super::{Service, cache::ResultCache};
use crate::{
    backend::{Readiness, Requests},
    meters::{Gauges, ModelGauges},
};

impl Service {
    /// From now on probes hear that nothing new should be sent here. What comes is still taken.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// The meters in the text format of Prometheus.
    pub fn exposition(&self) -> String {
        let counts = self.way.broker.counts();
        let mut models = BTreeMap::new();
        for version in self.registry.versions() {
            let name = &version.card().name;
            self.meters.known(name);
            let state = word(&self.state(&version));
            let gauges = ModelGauges { state, load_seconds: version.load_seconds() };
            models.insert(name.clone(), gauges);
        }
        for one in self.beside() {
            let gauges = ModelGauges { state: word(&one.state), load_seconds: None };
            models.insert(one.name, gauges);
        }
        let cache = self.way.cache.as_ref();
        let (cache_entries, cache_bytes) = cache.map(ResultCache::held).unwrap_or_default();
        self.meters.expose(&Gauges {
            queued: counts.queued,
            running: counts.running,
            busy_seconds: self.way.broker.busy().unwrap_or_default().as_secs_f64(),
            ready: self.standing().ready,
            cache_entries,
            cache_bytes,
            models,
        })
    }

    pub(super) fn standing(&self) -> Readiness {
        let health = self.way.broker.health().borrow().clone();
        let versions = self.registry.versions();
        let mut models: BTreeMap<_, _> = versions
            .iter()
            .map(|version| (version.card().name.clone(), self.state(version)))
            .collect();
        let beside = self.beside();
        let constructed = beside.iter().all(|one| one.state != ModelState::Loading);
        let settled = constructed && *self.registry.settled().borrow();
        let answers = |state: &ModelState| matches!(state, ModelState::Ready | ModelState::Standby);
        let (mut worker, mut reason) = self.worker(&health, settled);
        let ready = worker == "ready" && models.values().any(answers);
        if let Some(one) = beside.iter().find(|one| one.stuck)
            && matches!(worker, "ready" | "loading" | "late" | "draining")
        {
            (worker, reason) = ("stuck", Some(format!("/{} does not come back.", one.name)));
        }
        models.extend(beside.into_iter().map(|one| (one.name, one.state)));
        Readiness {
            ready: ready && worker == "ready",
            worker,
            reason,
            models,
            requests: self.requests(),
        }
    }

    /// What the worker is doing, and why if that is nothing good.
    fn worker(&self, health: &Health, settled: bool) -> (&'static str, Option<String>) {
        match health {
            Health::Failed(reason) => return ("failed", Some(reason.to_string())),
            Health::Stopped => return ("stopped", None),
            Health::Loading | Health::Ready | Health::Draining => {}
        }
        let limits = &self.way.limits;
        if let Some(busy) = self.way.broker.busy()
            && let Some(word) = overdue(busy, limits.timeout, limits.stuck_after)
        {
            let seconds = busy.as_secs();
            return (word, Some(format!("One batch has been in the network for {seconds} s.")));
        }
        match health {
            Health::Draining => ("draining", None),
            _ if self.draining.load(Ordering::Relaxed) => ("draining", None),
            Health::Loading => ("loading", None),
            _ if !settled => ("loading", None),
            _ => ("ready", None),
        }
    }

    pub(super) fn requests(&self) -> Requests {
        let refused = self.meters.refused_elsewhere();
        let start = Requests { rejected: refused, ..Requests::default() };
        self.meters.tallies().values().fold(start, |sum, tally| Requests {
            accepted: sum.accepted + tally.accepted,
            rejected: sum.rejected + tally.rejected,
            ok: sum.ok + tally.ok,
            failed: sum.failed + tally.failed,
            expired: sum.expired + tally.expired,
            cancelled: sum.cancelled + tally.cancelled,
            queued: sum.queued + tally.queued,
            running: sum.running + tally.running,
        })
    }
}

/// What is said of a worker that has been busy with one batch for so long: nothing, that it is
/// late, or that it is stuck.
///
/// After `timeout` everybody who waited for the batch has been told that it took too long, and
/// whoever comes now will be, too: nothing should be sent here for as long as that lasts. Only
/// after `stuck_after` is the process given up, as it may be a large picture on a slow machine.
pub(super) fn overdue(
    busy: Duration,
    timeout: Duration,
    stuck_after: Duration,
) -> Option<&'static str> {
    if busy >= stuck_after {
        Some("stuck")
    } else if busy >= timeout {
        Some("late")
    } else {
        None
    }
}

/// The state without its particulars, which would be labels without end.
fn word(state: &ModelState) -> &'static str {
    match state {
        ModelState::Absent { .. } => "absent",
        ModelState::Fetching { .. } => "fetching",
        ModelState::Standby => "standby",
        ModelState::Loading => "loading",
        ModelState::Ready => "ready",
        ModelState::Unloaded => "unloaded",
        ModelState::Failed { .. } => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_late_when_nobody_waits_for_it_any_more_and_stuck_much_later() {
        let seconds = Duration::from_secs;
        let said = |busy| overdue(seconds(busy), seconds(30), seconds(120));
        assert_eq!(said(29), None);
        assert_eq!(said(30), Some("late"));
        assert_eq!(said(119), Some("late"));
        assert_eq!(said(120), Some("stuck"));
    }

    #[test]
    fn a_short_patience_counts_before_a_long_timeout() {
        let seconds = Duration::from_secs;
        assert_eq!(overdue(seconds(12), seconds(30), seconds(10)), Some("stuck"));
    }
}
