//! One measurement.

use std::{
    cell::RefCell,
    io,
    rc::Rc,
    sync::atomic::AtomicU64,
    thread,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};
use thiserror::Error;
use tokio::{runtime, task::LocalSet};

use crate::{
    closed, open,
    plan::{Pace, Plan},
    recorder::Recorder,
    report::Report,
    schedule::Schedule,
    window::Window,
};

/// Why there is no report.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The plan contradicts itself.
    #[error("{0}")]
    Plan(&'static str),
    /// The system gives no thread, or none that can wait for a network.
    #[error("cannot start a thread that sends")]
    Thread(#[from] io::Error),
    /// A thread has panicked.
    #[error("a thread that sends has panicked")]
    Panicked,
}

/// Sends what the plan says, and blocks until it is over.
///
/// # Errors
///
/// When the plan has no message, no client or no rate, or the system gives no thread. That requests
/// fail is no error: the report counts them.
pub fn run(plan: &Plan) -> Result<Report, LoadError> {
    let threads = check(plan)?;
    // Lives on: it is eight bytes, and the threads need not share its ownership.
    let left: Option<&'static AtomicU64> = match plan.pace {
        Pace::Closed { requests: Some(n), .. } => Some(Box::leak(Box::new(AtomicU64::new(n)))),
        _ => None,
    };
    let start = Instant::now();
    let window = Window::new(start, plan.warm_up, plan.duration);
    let senders: Vec<_> = (0..threads)
        .map(|thread| {
            let plan = plan.clone();
            let sender = move || send(plan, start, window, thread, threads, left);
            thread::Builder::new().name(format!("load {thread}")).spawn(sender)
        })
        .collect::<Result<_, _>>()?;
    let mut all = Recorder::new(window, Vec::new());
    let mut cpu = Duration::ZERO;
    for sender in senders {
        let (recorder, time) = sender.join().map_err(|_| LoadError::Panicked)??;
        all.add(recorder);
        cpu += time;
    }
    Ok(Report::new(plan, &all, cpu))
}

/// How many threads have something to do.
fn check(plan: &Plan) -> Result<usize, LoadError> {
    if plan.messages.is_empty() {
        return Err(LoadError::Plan("there is nothing to send"));
    }
    if plan.duration.is_zero() {
        return Err(LoadError::Plan("the duration must be longer than nothing"));
    }
    let most = match plan.pace {
        Pace::Closed { clients, .. } => clients,
        Pace::Open { rate, .. } if !(rate.is_finite() && rate > 0.0) => {
            return Err(LoadError::Plan("the rate must be a number above zero"));
        }
        Pace::Open { connections, .. } => connections,
    };
    match most {
        0 => Err(LoadError::Plan("there must be a client or a connection at least")),
        most => Ok(plan.threads.clamp(1, most)),
    }
}

/// The work of one thread. Says also how long it has computed.
fn send(
    plan: Plan,
    start: Instant,
    window: Window,
    thread: usize,
    threads: usize,
    left: Option<&'static AtomicU64>,
) -> Result<(Recorder, Duration), io::Error> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let recorder = Rc::new(RefCell::new(Recorder::new(window, plan.inner.clone())));
    // What does not divide falls to the first threads.
    let share = |all: usize| all / threads + usize::from(thread < all % threads);
    let plan = Rc::new(plan);
    let local = LocalSet::new();
    let seen = Rc::clone(&recorder);
    local.block_on(&runtime, async {
        match plan.pace {
            Pace::Closed { clients, .. } => closed::run(plan, share(clients), left, seen).await,
            Pace::Open { rate, arrivals, connections, seed } => {
                let schedule = Schedule::new(rate, arrivals, seed, thread, threads);
                open::run(plan, start, schedule, share(connections), seen).await;
            }
        }
    });
    // The tasks that hold it, too, are dropped with their set.
    drop(local);
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let cpu = Duration::new(time.tv_sec as u64, time.tv_nsec as u32);
    let recorder = Rc::try_unwrap(recorder).map_err(|_| io::Error::other("a request goes on"))?;
    Ok((recorder.into_inner(), cpu))
}
