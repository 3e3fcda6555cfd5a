/// Which requests are run before others.
///
/// Every waiting request of a higher class is run before any of a lower one, so steady work of a
/// high class starves the lower ones: give those a deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Run before all others.
    High,
    /// What is not said to be urgent.
    #[default]
    Normal,
    /// Run when nothing else waits.
    Low,
}

/// A request's place in the order in which requests are run: by class, then by whose turn it is, then
/// by submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) priority: Priority,
    pub(crate) turn: u64,
    pub(crate) id: u64,
}
