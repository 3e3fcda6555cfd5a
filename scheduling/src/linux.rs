//! `sched_getattr` and `sched_setattr`, for which the C library has no functions before 2.41.

use std::time::Duration;

/// `struct sched_attr` of `linux/sched/types.h` as it was first, which every kernel takes.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attributes {
    size: u32,
    pub(crate) policy: u32,
    flags: u64,
    pub(crate) nice: i32,
    priority: u32,
    /// The slice in nanoseconds, for the usual policy from Linux 6.12 on.
    pub(crate) runtime: u64,
    deadline: u64,
    period: u64,
}

/// The nicest (`man 7 sched`).
const LAST: i32 = 19;

const SIZE: u32 = size_of::<Attributes>() as u32;

/// The attributes of the calling thread; `None` where the kernel does not tell.
#[allow(unsafe_code)]
pub(crate) fn attributes() -> Option<Attributes> {
    let mut attributes = Attributes { size: SIZE, ..Attributes::default() };
    // SAFETY: the kernel writes `SIZE` bytes at most to where the pointer leads, which is a struct of
    // that size of plain numbers. Thread 0 is the calling one, and the last argument must be nought.
    let failed = unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &raw mut attributes, SIZE, 0) };
    (failed == 0).then_some(attributes)
}

/// Sets the slice of the calling thread, if it is scheduled as usual. What does not work is left.
pub(crate) fn set_slice(slice: Duration) {
    let runtime = u64::try_from(slice.as_nanos()).unwrap_or(u64::MAX);
    change(|attributes| Attributes { runtime, ..attributes });
}

/// Takes so many steps of niceness more, up to the last, if the thread is scheduled as usual. What does not
/// work is left.
pub(crate) fn raise_nice(steps: i32) {
    change(|attributes| Attributes { nice: (attributes.nice + steps).min(LAST), ..attributes });
}

#[allow(unsafe_code)]
fn change(to: impl FnOnce(Attributes) -> Attributes) {
    let Some(attributes) = attributes() else { return };
    if attributes.policy != libc::SCHED_OTHER as u32 {
        return;
    }
    let attributes = Attributes { size: SIZE, ..to(attributes) };
    // SAFETY: the kernel reads as many bytes as the field `size` says from where the pointer leads,
    // which are there. Thread 0 is the calling one, and the last argument must be nought.
    unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) };
}
