#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::Queue;
use crate::RunError;
use crate::ticket::Left;

fn filled(requests: &[Option<Instant>]) -> Queue<usize, usize> {
    let mut queue = Queue::new(requests.len());
    for (number, deadline) in requests.iter().enumerate() {
        queue.push(number, oneshot::channel().0, Instant::now(), *deadline);
    }
    queue
}

#[test]
fn zero_places_are_one() {
    let mut queue = Queue::<usize, usize>::new(0);
    assert!(!queue.is_full());
    queue.push(0, oneshot::channel().0, Instant::now(), None);
    assert!(queue.is_full());
}

#[test]
fn requests_are_lent_in_order_and_keep_their_places() {
    let mut queue = filled(&[None; 3]);
    let lent = queue.lend(2);
    assert_eq!(lent, [(0, 0), (1, 1)]);
    assert_eq!(queue.len(), 3);
    for lent in lent {
        assert_eq!(queue.give_back(lent), None);
    }
    assert_eq!(queue.lend(3), [(0, 0), (1, 1), (2, 2)]);
}

#[test]
fn a_lent_request_can_be_cancelled() {
    let mut queue = filled(&[None]);
    let lent = queue.lend(1).pop().unwrap();
    assert!(queue.leave(0, Left::Cancelled).is_some());
    assert_eq!(queue.start(0, Instant::now()), None);
    assert_eq!(queue.give_back(lent), Some(0));
    assert_eq!((queue.counts().cancelled, queue.counts().queued), (1, 0));
}

#[test]
fn a_request_leaves_once() {
    let mut queue = filled(&[None]);
    assert!(queue.leave(0, Left::Expired).is_some());
    assert!(queue.leave(0, Left::Cancelled).is_none());
    assert_eq!((queue.counts().expired, queue.counts().cancelled), (1, 0));
}

#[test]
fn a_running_request_can_leave_and_its_response_comes_back() {
    let mut queue = filled(&[None]);
    queue.start(0, Instant::now()).unwrap();
    assert!(queue.leave(0, Left::Cancelled).is_some());
    assert_eq!(queue.finish(0, Ok(7), Duration::ZERO, 1).unwrap_err(), Some(7));
    assert_eq!((queue.counts().cancelled, queue.counts().ok), (1, 0));
}

#[test]
fn only_overdue_requests_expire() {
    let now = Instant::now();
    let mut queue = filled(&[None, Some(now), Some(now + Duration::from_secs(60))]);
    assert_eq!(queue.expire(now).len(), 1);
    assert_eq!(queue.lend(3), [(0, 0), (2, 2)]);
}

#[test]
fn abandoned_requests_count_as_failed() {
    let mut queue = filled(&[None; 3]);
    queue.start(0, Instant::now()).unwrap();
    assert_eq!(queue.abandon_waiting().len(), 2);
    assert_eq!(queue.abandon_running().len(), 1);
    assert!(queue.finish(0, Err(RunError::Stopped), Duration::ZERO, 1).is_err());
    assert_eq!(queue.counts().failed, 3);
    assert!(queue.counts().add_up());
}
