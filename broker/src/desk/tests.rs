//! What can happen between the look at the queue and the start of a batch.

#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Desk;
use crate::{Priority, Ticket};

type Tickets = RefCell<Vec<Option<Ticket<u32>>>>;

/// A desk that three requests wait at, and their tickets.
fn desk() -> (Arc<Desk<u32, u32>>, Tickets) {
    let desk = Arc::new(Desk::new(8, Arc::new(())));
    assert!(desk.ready());
    let tickets = (0..3)
        .map(|number| Some(desk.submit(number, None, Priority::Normal, 0).unwrap()))
        .collect();
    (desk, RefCell::new(tickets))
}

/// Takes a batch, and does something whenever two requests are compared.
fn batch(desk: &Desk<u32, u32>, meanwhile: impl Fn(u32, u32)) -> Option<Vec<u32>> {
    let joins = |first: &u32, next: &u32| {
        meanwhile(*first, *next);
        true
    };
    let batch = desk.next_batch(8, joins, |joined| joined.len(), |_| Duration::ZERO)?;
    Some(batch.into_parts().1)
}

#[test]
fn a_first_request_that_is_cancelled_meanwhile_makes_the_others_be_compared_anew() {
    let (desk, tickets) = desk();
    let compared = RefCell::new(Vec::new());
    let requests = batch(&desk, |first, next| {
        compared.borrow_mut().push((first, next));
        tickets.borrow_mut()[0] = None;
    });
    assert_eq!(requests, Some(vec![1, 2]));
    assert_eq!(compared.into_inner(), [(0, 1), (0, 2), (1, 2)]);
    assert_eq!((desk.counts().cancelled, desk.counts().running), (1, 2));
}

#[test]
fn another_request_that_is_cancelled_meanwhile_is_left_out() {
    let (desk, tickets) = desk();
    let requests = batch(&desk, |_, _| tickets.borrow_mut()[1] = None);
    assert_eq!(requests, Some(vec![0, 2]));
    assert!(desk.counts().add_up());
}

#[test]
fn nothing_is_begun_if_all_are_cancelled_meanwhile() {
    let (desk, tickets) = desk();
    desk.close(None);
    assert_eq!(batch(&desk, |_, _| tickets.borrow_mut().clear()), None);
    assert_eq!(desk.counts().cancelled, 3);
}

#[test]
fn a_request_that_comes_meanwhile_is_not_lost() {
    let (desk, tickets) = desk();
    let requests = batch(&desk, |_, next| {
        if next == 1 {
            tickets.borrow_mut().push(Some(desk.submit(3, None, Priority::Normal, 0).unwrap()));
        }
    });
    assert_eq!(requests, Some(vec![0, 1, 2]));
    assert_eq!(batch(&desk, |_, _| ()), Some(vec![3]));
}

#[test]
fn a_request_whose_deadline_passes_meanwhile_is_not_begun() {
    let (desk, tickets) = desk();
    let deadline = Instant::now() + Duration::from_millis(50);
    tickets.borrow_mut().push(Some(desk.submit(3, Some(deadline), Priority::Normal, 0).unwrap()));
    let requests = batch(&desk, |_, _| {
        std::thread::sleep(deadline.saturating_duration_since(Instant::now()));
    });
    assert_eq!(requests, Some(vec![0, 1, 2]));
    assert_eq!((desk.counts().expired, desk.counts().queued), (1, 0));
}

#[test]
fn a_shutdown_meanwhile_answers_what_was_looked_at() {
    let (desk, _tickets) = desk();
    let requests = batch(&desk, |_, _| {
        desk.close(Some(Instant::now()));
        desk.abandon_waiting();
    });
    assert_eq!(requests, None);
    assert_eq!(desk.counts().failed, 3);
}
