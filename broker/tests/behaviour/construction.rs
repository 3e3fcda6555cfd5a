use std::convert::Infallible;
use std::rc::Rc;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use broker::{Broker, Config, Health, Pipeline, SubmitError, Ticket};

use crate::stage::{ActError, Actor, LONG, Stage, answer, becomes, config, say, stage, within};

fn start<E>(construct: impl FnOnce() -> Result<Actor, E> + Send + 'static) -> Stage
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    Broker::start(config(4, 1), Arc::new(()), construct).unwrap()
}

#[tokio::test]
async fn nothing_is_accepted_while_loading() {
    let (loaded, loads) = mpsc::channel::<()>();
    let broker = start(move || {
        loads.recv().ok();
        Ok::<_, ActError>(Actor::default())
    });
    assert_eq!(*broker.health().borrow(), Health::Loading);
    assert_eq!(broker.submit(say(1), None).unwrap_err(), SubmitError::Loading);
    assert_eq!(broker.counts().rejected, 1);
    drop(loaded);
    becomes(&broker, Health::Ready).await;
    assert!(answer(broker.submit(say(1), None).unwrap()).await.is_ok());
}

#[tokio::test]
async fn an_error_of_the_constructor_is_told_to_everyone() {
    let broker = start(|| Err(ActError::from(std::fmt::Error)));
    let reason: Arc<str> = "the curtain fell: an error occurred when formatting an argument".into();
    becomes(&broker, Health::Failed(reason.clone())).await;
    for _ in 0..3 {
        let error = broker.submit(say(1), None).unwrap_err();
        assert_eq!(error, SubmitError::Failed { reason: reason.clone() });
    }
    within(broker.shutdown(Duration::ZERO)).await.unwrap();
    assert_eq!(*broker.health().borrow(), Health::Failed(reason));
}

#[tokio::test]
async fn a_panic_of_the_constructor_is_told_too() {
    let broker = start::<String>(|| panic!("no stage"));
    becomes(&broker, Health::Failed("a panic: no stage".into())).await;
}

#[tokio::test]
async fn a_plain_text_will_do_as_an_error() {
    let broker = start(|| Err("no stage"));
    becomes(&broker, Health::Failed("no stage".into())).await;
}

/// Notes where it lives. It is not `Send`, so the compiler watches as well.
struct Witness(Rc<Threads>);

type Threads = Arc<Mutex<Vec<thread::Thread>>>;

impl Pipeline for Witness {
    type Request = ();
    type Response = ();
    type Error = Infallible;

    fn run(&mut self, batch: Vec<()>) -> Result<Vec<()>, Infallible> {
        self.0.lock().unwrap().push(thread::current());
        Ok(batch)
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(thread::current());
    }
}

#[tokio::test]
async fn a_pipeline_lives_and_dies_on_one_named_thread() {
    let threads = Threads::default();
    let seen = threads.clone();
    let config = Config { name: "one-thread".into(), ..Config::default() };
    let broker = Broker::start(config, Arc::new(()), move || {
        seen.lock().unwrap().push(thread::current());
        Ok::<_, Infallible>(Witness(Rc::new(seen)))
    })
    .unwrap();
    within(broker.health().wait_for(|health| *health == Health::Ready)).await.unwrap();
    within(broker.submit((), None).unwrap()).await.unwrap();
    within(broker.shutdown(LONG)).await.unwrap();

    let threads = threads.lock().unwrap();
    assert_eq!(threads.len(), 3, "made, run and dropped");
    assert!(threads.iter().all(|thread| thread.id() == threads[0].id()));
    assert_eq!(threads[0].name(), Some("one-thread"));
    assert_ne!(threads[0].id(), thread::current().id());
}

#[test]
fn a_name_that_no_thread_can_have_is_an_error() {
    let config = Config { name: "a\0b".into(), ..Config::default() };
    let broker = Broker::start(config, Arc::new(()), || Ok::<_, ActError>(Actor::default()));
    assert_eq!(broker.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
}

#[tokio::test]
async fn handles_travel_though_the_pipeline_does_not() {
    fn travels<T: Send + Sync + Unpin + 'static>(_: &T) {}
    let (broker, _) = stage(4, 1).await;
    travels(&broker);
    let ticket: Ticket<_> = broker.clone().submit(say(1), None).unwrap();
    travels(&ticket);
    assert!(format!("{broker:?} {ticket:?}").contains("Ready"));
}
