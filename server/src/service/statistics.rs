//! What each model has been asked since the start, and where the time went.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// A number of events with the time that they took together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// How long.
    pub time: Duration,
}

/// What has become of the requests to one model that were let in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelStatistics {
    /// When the last picture was scored.
    pub last_inference: Option<SystemTime>,
    /// Pictures that were scored.
    pub pictures: u64,
    /// Requests with a score for every picture, from arrival to answer.
    pub success: Tally,
    /// The others, by whoever's fault.
    pub fail: Tally,
    /// Successful requests: waiting for the worker. Like the others below, of the picture of a
    /// request that took longest.
    pub queue: Tally,
    /// Decoding and preparing.
    pub compute_input: Tally,
    /// In the network, for the whole batch.
    pub compute_infer: Tally,
    /// From logits to probabilities.
    pub compute_output: Tally,
    /// By the size of the batch that they were scored in.
    pub batches: BTreeMap<usize, BatchStatistics>,
}

/// The pictures that were scored in batches of one size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchStatistics {
    /// How many pictures.
    pub pictures: u64,
    /// Decoding and preparing, summed over the pictures.
    pub input: Duration,
    /// In the network, summed over the pictures, though a batch shares it.
    pub infer: Duration,
    /// From logits to probabilities, summed over the pictures.
    pub output: Duration,
}

/// The statistics of all models, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statistics(Arc<Mutex<BTreeMap<String, ModelStatistics>>>);

/// Where the time of one picture went.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PictureTimes {
    pub(super) preparing: Duration,
    pub(super) waited: Duration,
    pub(super) ran: Duration,
    pub(super) wording: Duration,
    pub(super) batch_size: usize,
}

/// Writes one request down when it is over, however it ended: by being dropped.
#[derive(Debug)]
pub(super) struct Recorder {
    statistics: Statistics,
    model: String,
    arrival: Instant,
    pictures: usize,
    /// Pictures that were scored, with the longest of their times.
    longest: Mutex<(usize, PictureTimes)>,
}

impl ModelStatistics {
    /// Runs of the network. A picture knows how many others ran with it, so it is its part of one
    /// run; those whose senders went away are rounded up.
    pub fn executions(&self) -> u64 {
        self.batches.iter().map(|(&size, batch)| batch.executions(size)).sum()
    }
}

impl BatchStatistics {
    /// Runs of the network that these pictures were in.
    pub fn executions(&self, size: usize) -> u64 {
        self.pictures.div_ceil(size.max(1) as u64)
    }
}

impl Statistics {
    pub(super) fn all(&self) -> BTreeMap<String, ModelStatistics> {
        self.lock().clone()
    }

    fn change(&self, model: &str, change: impl FnOnce(&mut ModelStatistics)) {
        let mut all = self.lock();
        match all.get_mut(model) {
            Some(statistics) => change(statistics),
            None => change(all.entry(model.to_owned()).or_default()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, ModelStatistics>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    fn add(&mut self, time: Duration) {
        self.count += 1;
        self.time += time;
    }
}

impl Recorder {
    pub(super) fn new(statistics: &Statistics, model: &str, pictures: usize) -> Self {
        Self {
            statistics: statistics.clone(),
            model: model.to_owned(),
            arrival: Instant::now(),
            pictures,
            longest: Mutex::default(),
        }
    }

    pub(super) fn pictures(&self) -> usize {
        self.pictures
    }

    /// Notes a picture that was scored.
    pub(super) fn picture(&self, times: &PictureTimes) {
        let mut longest = self.longest.lock().unwrap_or_else(PoisonError::into_inner);
        let (scored, most) = &mut *longest;
        *scored += 1;
        most.preparing = most.preparing.max(times.preparing);
        most.waited = most.waited.max(times.waited);
        most.ran = most.ran.max(times.ran);
        most.wording = most.wording.max(times.wording);
        drop(longest);
        self.statistics.change(&self.model, |statistics| {
            statistics.last_inference = Some(SystemTime::now());
            statistics.pictures += 1;
            let batch = statistics.batches.entry(times.batch_size).or_default();
            batch.pictures += 1;
            batch.input += times.preparing;
            batch.infer += times.ran;
            batch.output += times.wording;
        });
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let (scored, times) = *self.longest.get_mut().unwrap_or_else(PoisonError::into_inner);
        let took = self.arrival.elapsed();
        self.statistics.change(&self.model, |statistics| {
            if scored < self.pictures {
                return statistics.fail.add(took);
            }
            statistics.success.add(took);
            statistics.queue.add(times.waited);
            statistics.compute_input.add(times.preparing);
            statistics.compute_infer.add(times.ran);
            statistics.compute_output.add(times.wording);
        });
    }
}
