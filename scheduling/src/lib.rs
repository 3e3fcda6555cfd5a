//! Which threads the system lets run first when there are more than cores.
//!
//! Threads that compute use every slice of time to its end, so a thread that has only an answer to
//! write waits some milliseconds for a core. Neither needs more of the cores than the other: what helps
//! is a shorter slice for the one that has little to do at a time.
//!
//! Threads that compute together are a team, and wait for each other many times in a batch.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod openmp;

/// Asks the system to let the calling thread run soon whenever it wakes, for a short time at once. It
/// gets no more time than before. Threads that it starts are like it.
///
/// That is so on Linux 6.12 and later, and needs no rights. Elsewhere nothing happens: a thread that
/// waits longer still does the same.
pub fn prefer_latency() {
    #[cfg(target_os = "linux")]
    linux::set_slice(SLICE);
}

/// Takes back what [`prefer_latency`] asked for the calling thread.
pub fn prefer_throughput() {
    #[cfg(target_os = "linux")]
    linux::set_slice(USUAL);
}

/// Lets the system give the calling thread a third of the time of one that has not asked for it, where both
/// want the same core. For a thread whose work is early anyway: what comes after it takes longer. Threads
/// that it starts are like it.
///
/// That is so on Linux, and cannot be taken back without rights. Elsewhere nothing happens.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    linux::raise_nice(WAY);
}

/// Ends the team of threads that OpenMP keeps for the calling thread, which gets another one when it needs
/// one again. For a thread that computes now and then beside one that computes all the time, and between two
/// long computations, when others want the cores.
///
/// Threads of a team look out for each other as long as all threads of all teams have a core, and go to
/// sleep at once when they have not: with two idle teams on two cores VGG-16 takes 3 % longer. Nothing
/// happens where there is no OpenMP 5 in the program.
pub fn end_team() {
    #[cfg(unix)]
    openmp::pause();
}

/// The shortest that Linux grants (`man 2 sched_setattr`).
#[cfg(target_os = "linux")]
const SLICE: std::time::Duration = std::time::Duration::from_micros(100);

/// Steps of niceness, each of which is worth a quarter more or less time (`man 7 sched`).
#[cfg(target_os = "linux")]
const WAY: i32 = 5;

/// Stands for the slice that Linux gives whoever asks for none.
#[cfg(target_os = "linux")]
const USUAL: std::time::Duration = std::time::Duration::ZERO;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_slice_is_shorter_and_the_share_the_same() {
        let told = std::thread::spawn(|| {
            let before = linux::attributes();
            prefer_latency();
            let after = linux::attributes();
            prefer_throughput();
            (before, after, linux::attributes())
        });
        let (Some(before), Some(after), Some(again)) = told.join().expect("it does not panic")
        else {
            // A sandbox may forbid to ask, and then nothing can be changed either.
            return;
        };
        assert_eq!((before.policy, before.nice), (after.policy, after.nice));
        // Kernels that know no slices say nought.
        assert!(after.runtime == 0 || u128::from(after.runtime) == SLICE.as_nanos(), "{after:?}");
        assert_eq!(before.runtime, again.runtime);
    }

    #[test]
    fn the_share_is_smaller_and_the_slice_the_same() {
        let told = std::thread::spawn(|| {
            let before = linux::attributes();
            give_way();
            (before, linux::attributes())
        });
        let (Some(before), Some(after)) = told.join().expect("it does not panic") else { return };
        assert_eq!(after.nice, (before.nice + WAY).min(19));
        assert_eq!((before.policy, before.runtime), (after.policy, after.runtime));
    }
}
