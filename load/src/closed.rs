//! Clients that send again when they have their answer.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::{
    task::spawn_local,
    time::{sleep, timeout_at},
};

use crate::{connection::Connection, plan::Plan, recorder::Recorder};

/// After a failure, so that a server that is gone is not asked a million times.
const PAUSE: Duration = Duration::from_millis(10);

/// Runs the clients of one thread until the window is over or all requests are sent.
pub(crate) async fn run(
    plan: Rc<Plan>,
    clients: usize,
    left: Option<&'static AtomicU64>,
    recorder: Rc<RefCell<Recorder>>,
) {
    let until = recorder.borrow().window.until;
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let (plan, recorder) = (Rc::clone(&plan), Rc::clone(&recorder));
            spawn_local(async move {
                let mut connection = Connection::default();
                let mut messages = plan.messages.iter().cycle().skip(client % plan.messages.len());
                while Instant::now() < until && left.is_none_or(take) {
                    let Some(message) = messages.next() else { return };
                    let sent = Instant::now();
                    let outcome = connection.exchange(&plan.target, message, plan.timeout).await;
                    let failed = outcome.is_err();
                    recorder.borrow_mut().record(sent, sent, message.body.len(), outcome);
                    if failed {
                        sleep(PAUSE).await;
                    }
                }
            })
        })
        .collect();
    // Each ends by itself, since no answer is awaited for longer than the timeout.
    let patience = (until + plan.timeout + PAUSE).into();
    for task in tasks {
        let _ = timeout_at(patience, task).await;
    }
}

/// Takes one of the requests that are left, if there is one.
fn take(left: &AtomicU64) -> bool {
    left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok()
}
