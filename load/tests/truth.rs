//! What the generator says of servers that are known through and through.

#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use load::{Arrivals, Message, Pace, Plan, Report, Target};
use tokio::net::TcpListener;

/// Serves on a thread of its own until the test is over.
fn serve(router: Router) -> SocketAddr {
    let (sender, address) = std::sync::mpsc::channel();
    thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(
            async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(listener.local_addr().unwrap()).unwrap();
                axum::serve(listener, router).await.unwrap();
            },
        );
    });
    address.recv().unwrap()
}

fn plan(address: SocketAddr, messages: Vec<Message>, pace: Pace) -> Plan {
    let target = Target::resolve(&format!("http://{address}/")).unwrap();
    let warm_up = Duration::ZERO;
    Plan { warm_up, ..Plan::new(target, messages, pace, Duration::from_millis(300)) }
}

fn closed(clients: usize, requests: u64) -> Pace {
    Pace::Closed { clients, requests: Some(requests) }
}

fn run(plan: Plan) -> Report {
    load::run(&Plan { duration: Duration::from_secs(60), ..plan }).unwrap()
}

#[test]
fn as_many_requests_as_were_wanted_are_sent_and_counted() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let echo = post({
        let seen = Arc::clone(&seen);
        async move |body: Bytes| {
            seen.lock().unwrap().push(body.len());
            "four"
        }
    });
    let address = serve(Router::new().route("/", echo));
    let messages = vec![Message::post(vec![0; 10]), Message::post(vec![0; 1000])];
    let report = run(Plan { threads: 2, ..plan(address, messages, closed(4, 101)) });
    assert_eq!((report.answers, report.failures(), report.refusals()), (101, 0, 0));
    assert_eq!(report.bytes_received, 4 * 101);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 101);
    assert_eq!(report.bytes_sent, seen.iter().sum::<usize>() as u64);
    assert!(seen.contains(&10) && seen.contains(&1000), "the bodies are sent in turn");
}

#[test]
fn statuses_and_what_the_server_says_are_told_apart() {
    let turn = Arc::new(Mutex::new(0));
    let handler = get(async move || {
        let mut turn = turn.lock().unwrap();
        *turn += 1;
        if *turn % 3 == 0 {
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "7")])
        } else {
            (StatusCode::OK, [("server-timing", "infer;dur=0.001, queue;dur=5")])
        }
    });
    let address = serve(Router::new().route("/", handler));
    let plan = plan(address, vec![Message::get()], closed(1, 30));
    let report = run(Plan { inner: vec!["infer".to_owned()], ..plan });
    assert_eq!(report.statuses[&200].count, 20);
    assert_eq!(report.statuses[&503].count, 10);
    assert_eq!((report.answers, report.refusals()), (30, 10));
    assert_eq!(report.retry_after["7"], 10);
    assert!((report.server_timing_ms["queue"].p50 - 5.0).abs() < 0.01);
    let (outer, all) = (report.outer_ms.unwrap(), report.latency_ms);
    assert!(outer.p50 > 0.0 && outer.p50 < all.p50);
}

#[test]
fn latency_counts_from_when_a_request_was_due() {
    let slow = get(async || tokio::time::sleep(Duration::from_millis(50)).await);
    let address = serve(Router::new().route("/", slow));
    let (rate, arrivals) = (100.0, Arrivals::Uniform);
    let pace = Pace::Open { rate, arrivals, connections: 1, seed: 1 };
    let report = load::run(&plan(address, vec![Message::get()], pace)).unwrap();
    // 29 are due within 300 ms, and one connection takes 50 ms for each: the last one waits for
    // those before it, which takes longer than the whole measurement.
    let all = report.statuses[&200].count;
    assert!((28..=30).contains(&all), "{all}");
    assert!(report.latency_ms.max > 1000.0, "{:?}", report.latency_ms);
    assert!(report.answers < all, "what ends later is not in the rate");
}

#[test]
fn a_server_that_is_gone_is_an_error_for_each_request() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let plan = plan(listener.local_addr().unwrap(), vec![Message::get()], closed(2, 6));
    drop(listener);
    let report = run(plan);
    assert_eq!((report.errors["connect"], report.answers), (6, 0));
}

#[test]
fn an_answer_that_does_not_come_is_a_timeout() {
    let never = get(async || std::future::pending::<()>().await);
    let address = serve(Router::new().route("/", never));
    let plan = plan(address, vec![Message::get()], closed(1, 2));
    let report = run(Plan { timeout: Duration::from_millis(20), ..plan });
    assert_eq!((report.errors["timeout"], report.answers), (2, 0));
}

#[test]
fn a_plan_that_cannot_be_carried_out_is_refused() {
    let address = serve(Router::new());
    let open = Pace::Open { rate: 0.0, arrivals: Arrivals::Poisson, connections: 1, seed: 1 };
    for pace in [closed(0, 1), open] {
        assert!(load::run(&plan(address, vec![Message::get()], pace)).is_err());
    }
    assert!(load::run(&plan(address, Vec::new(), closed(1, 1))).is_err());
}

/// Protects what is said of `Retry-After`: every second request of a client is refused for a second.
#[test]
fn the_patient_come_back_when_they_are_told_to() {
    let seen = Arc::new(Mutex::new(BTreeMap::<String, Vec<Instant>>::new()));
    let handler = get({
        let seen = Arc::clone(&seen);
        async move |headers: HeaderMap| {
            let address = headers["x-forwarded-for"].to_str().unwrap().to_owned();
            let mut seen = seen.lock().unwrap();
            let times = seen.entry(address).or_default();
            times.push(Instant::now());
            if times.len() % 2 == 1 {
                (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")])
            } else {
                (StatusCode::OK, [("server-timing", "")])
            }
        }
    });
    let address = serve(Router::new().route("/", handler));
    let plan = plan(address, vec![Message::get()], closed(3, 12));
    let report = run(Plan { patient: Some("x-forwarded-for".parse().unwrap()), ..plan });
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 3, "each client has an address");
    // Two of the three may have had an odd number of the twelve, and not come back after the last.
    let pairs: Vec<_> = seen.values().flat_map(|times| times.as_chunks::<2>().0).collect();
    assert!(pairs.len() >= 5);
    assert_eq!((report.came_back, report.let_in), (pairs.len() as u64, pairs.len() as u64));
    let waits = pairs.iter().map(|[refused, back]| *back - *refused);
    assert!(waits.min() >= Some(Duration::from_secs(1)));
}
