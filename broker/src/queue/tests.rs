#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Lent, Queue};
use crate::priority::Place;
use crate::ticket::Left;
use crate::{Priority, RunError};

fn place(id: u64) -> Place {
    Place { priority: Priority::Normal, turn: id, id }
}

fn filled(requests: &[Option<Instant>]) -> Queue<usize, usize> {
    let mut queue = Queue::new(requests.len());
    for (number, deadline) in requests.iter().enumerate() {
        queue.push(number, oneshot::channel().0, Instant::now(), *deadline, Priority::Normal, 0);
    }
    queue
}

fn parts(lent: &[Lent<usize>]) -> Vec<(Place, usize)> {
    lent.iter().map(|lent| (lent.place, lent.request)).collect()
}

#[test]
fn zero_places_are_one() {
    let mut queue = Queue::<usize, usize>::new(0);
    assert!(!queue.is_full());
    queue.push(0, oneshot::channel().0, Instant::now(), None, Priority::Normal, 0);
    assert!(queue.is_full());
}

#[test]
fn requests_are_lent_in_order_and_keep_their_places() {
    let mut queue = filled(&[None; 3]);
    let lent = queue.lend(2);
    assert_eq!(parts(&lent), [(place(0), 0), (place(1), 1)]);
    assert_eq!(queue.len(), 3);
    for lent in lent {
        assert_eq!(queue.give_back(lent), None);
    }
    assert_eq!(parts(&queue.lend(3)), [(place(0), 0), (place(1), 1), (place(2), 2)]);
}

#[test]
fn requests_are_lent_by_class_and_in_a_class_by_submission() {
    let mut queue = Queue::<usize, usize>::new(8);
    let classes =
        [Priority::Low, Priority::Normal, Priority::High, Priority::Normal, Priority::High];
    for (number, class) in classes.into_iter().enumerate() {
        queue.push(number, oneshot::channel().0, Instant::now(), None, class, 0);
    }
    let order: Vec<_> = queue.lend(9).into_iter().map(|lent| lent.request).collect();
    assert_eq!(order, [2, 4, 1, 3, 0]);
}

#[test]
fn a_lent_request_can_be_cancelled() {
    let mut queue = filled(&[None]);
    let lent = queue.lend(1).pop().unwrap();
    assert!(queue.leave(place(0), Left::Cancelled).is_some());
    assert_eq!(queue.start(place(0), Instant::now()), None);
    assert_eq!(queue.give_back(lent), Some(0));
    assert_eq!((queue.counts().cancelled, queue.counts().queued), (1, 0));
}

#[test]
fn a_request_leaves_once() {
    let mut queue = filled(&[None]);
    assert!(queue.leave(place(0), Left::Expired).is_some());
    assert!(queue.leave(place(0), Left::Cancelled).is_none());
    assert_eq!((queue.counts().expired, queue.counts().cancelled), (1, 0));
}

#[test]
fn a_running_request_can_leave_and_its_response_comes_back() {
    let mut queue = filled(&[None]);
    queue.start(place(0), Instant::now()).unwrap();
    assert!(queue.leave(place(0), Left::Cancelled).is_some());
    assert_eq!(queue.finish(place(0), Ok(7), Duration::ZERO, 1).unwrap_err(), Some(7));
    assert_eq!((queue.counts().cancelled, queue.counts().ok), (1, 0));
}

#[test]
fn only_overdue_requests_expire() {
    let now = Instant::now();
    let mut queue = filled(&[None, Some(now), Some(now + Duration::from_secs(60))]);
    assert_eq!(queue.expire(now).len(), 1);
    assert_eq!(parts(&queue.lend(3)), [(place(0), 0), (place(2), 2)]);
}

#[test]
fn abandoned_requests_count_as_failed() {
    let mut queue = filled(&[None; 3]);
    queue.start(place(0), Instant::now()).unwrap();
    assert_eq!(queue.abandon_waiting().len(), 2);
    assert_eq!(queue.abandon_running().len(), 1);
    assert!(queue.finish(place(0), Err(RunError::Stopped), Duration::ZERO, 1).is_err());
    assert_eq!(queue.counts().failed, 3);
    assert!(queue.counts().add_up());
}
