//! Clients that send again when they have their answer.

use std::{
    cell::RefCell,
    net::Ipv4Addr,
    rc::Rc,
    sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use http::{HeaderName, HeaderValue};
use tokio::{
    task::spawn_local,
    time::{sleep, sleep_until, timeout_at},
};

use crate::{
    connection::{Connection, Reply},
    plan::{Message, Plan},
    recorder::Recorder,
};

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
                let own = own(&plan.messages, plan.patient.as_ref());
                let mut messages = own.iter().cycle().skip(client % own.len());
                let mut was_told = false;
                while Instant::now() < until && left.is_none_or(take) {
                    let Some(message) = messages.next() else { return };
                    let sent = Instant::now();
                    let outcome = connection.exchange(&plan.target, message, plan.timeout).await;
                    let failed = outcome.is_err();
                    let away = outcome.as_ref().ok().and_then(away);
                    if was_told && let Ok(reply) = &outcome {
                        recorder.borrow_mut().came_back(sent, reply.status);
                    }
                    recorder.borrow_mut().record(sent, sent, message.body.len(), outcome);
                    if failed {
                        sleep(PAUSE).await;
                    }
                    was_told = plan.patient.is_some() && away.is_some();
                    if let Some(away) = away.filter(|_| was_told) {
                        sleep_until(until.min(Instant::now() + away).into()).await;
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

/// The messages of one client, with an address that no other has if they are to have one.
fn own(messages: &[Message], header: Option<&HeaderName>) -> Vec<Message> {
    static NEXT: AtomicU32 = AtomicU32::new(u32::from_be_bytes([10, 0, 0, 1]));
    let mut own = messages.to_vec();
    let address = Ipv4Addr::from(NEXT.fetch_add(1, Relaxed)).to_string();
    // Digits and dots make a header.
    if let (Some(name), Ok(value)) = (header, HeaderValue::from_str(&address)) {
        own.iter_mut().for_each(|message| {
            message.headers.insert(name, value.clone());
        });
    }
    own
}

/// For how long to stay away, if that was said.
fn away(reply: &Reply) -> Option<Duration> {
    let seconds = reply.retry_after.as_ref()?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Takes one of the requests that are left, if there is one.
fn take(left: &AtomicU64) -> bool {
    left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok()
}
