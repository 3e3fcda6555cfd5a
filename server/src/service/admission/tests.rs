//! A crowd before the door, on a clock of its own.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    time::{Duration, Instant},
};

use super::shares::{Places, Shares};

/// Between an answer and what its client does next, at most.
const LATENCY: Duration = Duration::from_millis(20);
/// How long a place is needed once it is its turn, in the mean: for a small network, and a large one.
const EACH: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(120)];
const PLACES: usize = 40;
/// Four times as many as there are places.
const CROWD: u64 = 160;
const LENGTH: Duration = Duration::from_secs(200);
/// Until then nobody knows anything yet.
const BEGINNING: Duration = Duration::from_secs(50);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Done,
    Comes { client: u64, was_told: bool },
}

#[derive(Debug, Default)]
struct Seen {
    done: u64,
    came_back: u64,
    let_in: u64,
    refused: u64,
}

/// Clients who ask again when they are answered, and when they were told to if they are obedient; the
/// others ask again at once with another name.
fn crowd(obedient: bool, each: Duration) -> Seen {
    let (shares, start) = (Shares::new(PLACES), Instant::now());
    let mut events: BinaryHeap<_> = (0..CROWD)
        .map(|client| Reverse((start + LATENCY, Event::Comes { client, was_told: false })))
        .collect();
    let mut inside: VecDeque<(u64, Places)> = VecDeque::new();
    let (mut seen, mut strangers) = (Seen::default(), CROWD);
    let mut state = 1_u32;
    let mut chance = || {
        // Numerical Recipes' linear congruential generator: any noise does, but the same each time.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    while let Some(Reverse((now, event))) = events.pop()
        && now < start + LENGTH
    {
        let counts = u64::from(now > start + BEGINNING);
        match event {
            Event::Done => {
                let Some((client, mut places)) = inside.pop_front() else { continue };
                places.leave(now);
                seen.done += counts;
                let next = Event::Comes { client, was_told: false };
                events.push(Reverse((now + LATENCY.mul_f64(chance()), next)));
                if !inside.is_empty() {
                    events.push(Reverse((now + each.mul_f64(2.0 * chance()), Event::Done)));
                }
            }
            Event::Comes { client, was_told } => {
                seen.came_back += counts * u64::from(was_told);
                if let Some(places) = shares.take(client, 0, 1, now) {
                    seen.let_in += counts * u64::from(was_told);
                    inside.push_back((client, places));
                    if inside.len() == 1 {
                        events.push(Reverse((now + each.mul_f64(2.0 * chance()), Event::Done)));
                    }
                    continue;
                }
                seen.refused += counts;
                let away = shares.promise(client, 1, each * PLACES as u32, now);
                let next = if obedient {
                    (
                        now + away + LATENCY.mul_f64(chance()),
                        Event::Comes { client, was_told: true },
                    )
                } else {
                    strangers += 1;
                    (
                        now + LATENCY.mul_f64(20.0 * chance()),
                        Event::Comes { client: strangers, was_told: false },
                    )
                };
                events.push(Reverse(next));
            }
        }
    }
    seen
}

fn is_busy(seen: &Seen, each: Duration) -> bool {
    seen.done as f64 > 0.95 * (LENGTH - BEGINNING).div_duration_f64(each)
}

/// Protects whoever does what `Retry-After` says, and the work that is done meanwhile.
#[test]
fn whoever_comes_back_when_told_is_let_in() {
    for each in EACH {
        let seen = crowd(true, each);
        assert!(seen.came_back > 200, "{seen:?}");
        assert!(seen.let_in as f64 > 0.98 * seen.came_back as f64, "{seen:?}");
        assert!(is_busy(&seen, each), "{seen:?}");
    }
}

/// Protects the work from places that are kept for nobody.
#[test]
fn a_crowd_that_does_not_listen_keeps_the_house_busy() {
    for each in EACH {
        let seen = crowd(false, each);
        assert!(seen.refused > 1000 && is_busy(&seen, each), "{seen:?}");
    }
}
