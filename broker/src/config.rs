/// How a broker is to be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The name of the worker thread. Some systems show only the first 15 bytes of it.
    pub name: String,
    /// How many requests may wait at most, not counting those that run. Every request passes
    /// through the queue, so zero is taken as one.
    pub queue: usize,
    /// How many requests may run together at most. Zero is taken as one.
    pub max_batch: usize,
}

impl Default for Config {
    /// 64 requests may wait, 8 may run together, and the thread is called `pipeline`.
    fn default() -> Self {
        Self { name: "pipeline".into(), queue: 64, max_batch: 8 }
    }
}
