//! Requests that come by themselves.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    sync::{Semaphore, mpsc},
    task::spawn_local,
};

use crate::{
    connection::{Connection, Failure},
    plan::Plan,
    recorder::Recorder,
    schedule::Schedule,
};

/// Sends what is due on the schedule of one thread, and waits for the answers.
pub(crate) async fn run(
    plan: Rc<Plan>,
    start: Instant,
    schedule: Schedule,
    connections: usize,
    recorder: Rc<RefCell<Recorder>>,
) {
    // What comes by itself is sent when it is due, or how long this thread waits for a core would be
    // taken for the server's doing. The clock is like the thread that starts it.
    scheduling::prefer_latency();
    let until = recorder.borrow().window.until;
    let (due, mut arrivals) = mpsc::unbounded_channel();
    let clock = thread::spawn(move || {
        for after in schedule {
            let moment = start + after;
            if moment >= until {
                break;
            }
            sleep_until(moment);
            if due.send(moment).is_err() {
                break;
            }
        }
    });
    let places = Arc::new(Semaphore::new(connections));
    // The one that was used last is taken first, so that no more are open than are needed.
    let idle: Rc<RefCell<Vec<Connection>>> = Rc::default();
    let mut turn = 0;
    while let Some(due) = arrivals.recv().await {
        // A server that hangs must not keep us for as long as all that is due would take.
        if Instant::now() > until + plan.timeout {
            recorder.borrow_mut().record(due, Instant::now(), 0, Err(Failure::Unsent));
            continue;
        }
        // The semaphore is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let (plan, recorder, idle) = (Rc::clone(&plan), Rc::clone(&recorder), Rc::clone(&idle));
        let message = turn % plan.messages.len();
        turn += 1;
        spawn_local(async move {
            let message = &plan.messages[message];
            let mut connection = idle.borrow_mut().pop().unwrap_or_default();
            let sent = Instant::now();
            let outcome = connection.exchange(&plan.target, message, plan.timeout).await;
            recorder.borrow_mut().record(due, sent, message.body.len(), outcome);
            idle.borrow_mut().push(connection);
            drop(place);
        });
    }
    // Everybody has given their place back when all answers are there, or given up.
    let _ = places.acquire_many(u32::try_from(connections).unwrap_or(u32::MAX)).await;
    // It has ended: the channel is closed.
    let _ = clock.join();
}

/// Sleeps by the kernel's clock. The runtime's has a resolution of a millisecond, which is longer
/// than many an answer takes.
fn sleep_until(moment: Instant) {
    let ahead = moment.saturating_duration_since(Instant::now());
    if ahead > Duration::ZERO {
        thread::sleep(ahead);
    }
}
