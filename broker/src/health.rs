use std::sync::Arc;

/// The state of a broker, as its watch channel tells it.
///
/// It goes from `Loading` to `Ready`, `Draining` and `Stopped`, and may leave states out; `Failed`
/// is final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// The pipeline is being constructed. Nothing is accepted yet.
    Loading,
    /// Requests are accepted.
    Ready,
    /// The pipeline could not be constructed. The reason is the whole chain of its error.
    Failed(Arc<str>),
    /// Nothing more is accepted, what was accepted is still being answered.
    Draining,
    /// The pipeline has been dropped and every request answered.
    Stopped,
}
