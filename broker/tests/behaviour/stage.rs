//! A pipeline that does what its requests say, and a broker around it.

use std::any::Any;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use broker::{Answer, Broker, Candidate, Config, Health, Pipeline, RunError, Ticket};
use thiserror::Error;

/// Far beyond what anything here takes, even on a machine that is busy with other things.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A group whose batches the pipeline cannot count.
pub(crate) const COUNTLESS: u32 = u32::MAX - 1;

/// A group whose requests are not run with one that has a deadline.
pub(crate) const TIMED: u32 = u32::MAX - 2;

pub(crate) type Stage = Broker<Request, Response>;

pub(crate) struct Request {
    pub(crate) number: u32,
    pub(crate) act: Act,
    /// Only requests of one group join.
    pub(crate) group: u32,
    /// Whatever the test wants to see dropped.
    pub(crate) luggage: Option<Arc<()>>,
}

pub(crate) enum Act {
    Answer,
    /// Tells that it runs, and goes on when told to.
    Hold(Held),
    Fail,
    Panic,
    /// A panic that carries no text, as something that wants to end the thread would raise.
    Exit(Box<dyn Any + Send>),
    /// One answer too many for the batch.
    Surplus,
    /// No answer.
    Omit,
    /// A response whose destructor panics.
    Explosive,
}

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) number: u32,
    pub(crate) thread: ThreadId,
    pub(crate) explosive: bool,
    _luggage: Option<Arc<()>>,
}

#[derive(Debug, Error)]
pub(crate) enum ActError {
    #[error("the curtain fell")]
    Curtain(#[from] std::fmt::Error),
}

/// The pipeline's end of a [`Hold`].
pub(crate) struct Held {
    running: Sender<()>,
    released: Receiver<()>,
}

/// Keeps a request running until it is dropped.
pub(crate) struct Hold {
    running: Receiver<()>,
    _release: Sender<()>,
}

#[derive(Default)]
pub(crate) struct Actor {
    pub(crate) batches: Arc<Mutex<Vec<Vec<u32>>>>,
}

impl Pipeline for Actor {
    type Request = Request;
    type Response = Response;
    type Error = ActError;

    fn run(&mut self, batch: Vec<Request>) -> Result<Vec<Response>, ActError> {
        let numbers = batch.iter().map(|request| request.number).collect();
        self.batches.lock().unwrap().push(numbers);
        let mut responses = Vec::new();
        for Request { number, act, luggage, .. } in batch {
            let explosive = matches!(act, Act::Explosive);
            let thread = thread::current().id();
            match act {
                Act::Answer | Act::Explosive | Act::Surplus => {}
                Act::Hold(ref held) => held.wait(),
                Act::Fail => return Err(std::fmt::Error.into()),
                Act::Panic => panic!("number {number} forgot its words"),
                Act::Exit(payload) => std::panic::resume_unwind(payload),
                Act::Omit => continue,
            }
            responses.push(Response { number, thread, explosive, _luggage: luggage });
            if matches!(act, Act::Surplus) {
                responses.push(Response { number, thread, explosive, _luggage: None });
            }
        }
        Ok(responses)
    }

    fn joins(&self, first: &Request, next: &Request) -> bool {
        assert!(next.group != u32::MAX, "a group that cannot be compared");
        first.group == next.group
    }

    /// Of one group, those with a deadline run alone, and nobody runs with them.
    fn take(&self, joined: &[Candidate<'_, Request>]) -> usize {
        assert!(joined[0].request.group != COUNTLESS, "a group that cannot be counted");
        if joined[0].request.group != TIMED {
            return joined.len();
        }
        let timeless = joined.iter().take_while(|candidate| candidate.deadline.is_none()).count();
        if joined[0].deadline.is_some() { 0 } else { timeless }
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        assert!(!self.explosive, "an explosive response was dropped");
    }
}

impl Held {
    fn wait(&self) {
        self.running.send(()).ok();
        // An error is what is waited for: the test has dropped its end.
        self.released.recv().ok();
    }
}

impl Hold {
    pub(crate) fn wait_until_running(&self) {
        self.running.recv_timeout(LONG).unwrap();
    }
}

pub(crate) fn request(number: u32, act: Act) -> Request {
    Request { number, act, group: 0, luggage: None }
}

pub(crate) fn say(number: u32) -> Request {
    request(number, Act::Answer)
}

pub(crate) fn hold(number: u32) -> (Hold, Request) {
    let (running, is_running) = channel();
    let (release, released) = channel();
    let hold = Hold { running: is_running, _release: release };
    (hold, request(number, Act::Hold(Held { running, released })))
}

pub(crate) fn config(queue: usize, max_batch: usize) -> Config {
    Config { name: "stage".into(), queue, max_batch }
}

/// A broker that is ready, and the batches that it has begun.
pub(crate) async fn stage(queue: usize, max_batch: usize) -> (Stage, Arc<Mutex<Vec<Vec<u32>>>>) {
    let batches = Arc::new(Mutex::new(Vec::new()));
    let seen = batches.clone();
    let construct = move || Ok::<_, ActError>(Actor { batches: seen });
    let broker = Broker::start(config(queue, max_batch), Arc::new(()), construct).unwrap();
    becomes(&broker, Health::Ready).await;
    (broker, batches)
}

/// A broker whose worker is busy until the hold is dropped.
pub(crate) async fn busy_stage(
    queue: usize,
    max_batch: usize,
) -> (Stage, Arc<Mutex<Vec<Vec<u32>>>>, Hold, Ticket<Response>) {
    let (broker, batches) = stage(queue, max_batch).await;
    let (holder, request) = hold(0);
    let ticket = broker.submit(request, None).unwrap();
    holder.wait_until_running();
    (broker, batches, holder, ticket)
}

pub(crate) async fn becomes(broker: &Stage, health: Health) {
    let mut shown = broker.health();
    within(shown.wait_for(|now| *now == health)).await.unwrap();
}

pub(crate) async fn answer(ticket: Ticket<Response>) -> Result<Answer<Response>, RunError> {
    within(ticket).await
}

/// Fails instead of hanging.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(LONG, future).await.expect("this should not take a minute")
}
