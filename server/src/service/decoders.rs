//! The threads that decode pictures.

use std::{
    collections::VecDeque,
    fmt, io,
    num::NonZeroUsize,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use tokio::sync::oneshot;

/// As many threads as pictures are decoded at a time. More would only share the same cores, and each
/// keeps memory: the runtime's own pool grows by one for whatever finds all others busy.
///
/// They give way to the worker: whoever is answered waits for the network, and pictures that are ready
/// before it has time for them help nobody. On a single core they do not: there the network would find fewer
/// pictures ready, and run in smaller batches.
pub(super) struct Decoders {
    desk: Arc<Desk>,
    threads: NonZeroUsize,
}

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// How often the threads were told to give memory back.
    give_backs: u64,
    closed: bool,
}

/// What there is to do.
enum Next {
    Job(Job),
    GiveBack,
}

impl Decoders {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub(super) fn start(threads: NonZeroUsize) -> io::Result<Self> {
        let decoders = Self { desk: Arc::default(), threads };
        for number in 0..threads.get() {
            let desk = Arc::clone(&decoders.desk);
            let work = move || {
                if threads.get() > 1 {
                    scheduling::give_way();
                }
                desk.work();
            };
            thread::Builder::new().name(format!("vitrine-decode-{number}")).spawn(work)?;
        }
        Ok(decoders)
    }

    /// Does something in its turn, unless nobody waits for it any more by then. Nothing comes of
    /// what panics.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        let job = move || {
            if !sender.is_closed() {
                // Nobody may wait by now, which is no fault.
                let _ = sender.send(work());
            }
        };
        self.desk.lock().jobs.push_back(Box::new(job));
        self.desk.bell.notify_one();
        receiver.await.ok()
    }

    /// Has each thread give back what it keeps of freed memory, which no other thread can.
    pub(super) fn give_back(&self) {
        self.desk.lock().give_backs += 1;
        self.desk.bell.notify_all();
    }
}

impl Drop for Decoders {
    fn drop(&mut self) {
        self.desk.lock().closed = true;
        self.desk.bell.notify_all();
    }
}

impl fmt::Debug for Decoders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoders").field("threads", &self.threads).finish_non_exhaustive()
    }
}

impl Desk {
    /// The life of a thread.
    fn work(&self) {
        let mut given_back = 0;
        while let Some(next) = self.next(&mut given_back) {
            match next {
                // Whoever waits for what panicked sees that nothing comes.
                Next::Job(job) => drop(catch_unwind(AssertUnwindSafe(job))),
                Next::GiveBack => allocator::give_back(),
            }
        }
    }

    /// Waits for something to do; `None` when there will be nothing more.
    fn next(&self, given_back: &mut u64) -> Option<Next> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(Next::Job(job));
            }
            if state.closed {
                return None;
            }
            if *given_back != state.give_backs {
                *given_back = state.give_backs;
                return Some(Next::GiveBack);
            }
            state = self.bell.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{
        sync::{
            atomic::{AtomicUsize, Ordering},
            mpsc,
        },
        time::{Duration, Instant},
    };

    use futures::{FutureExt, future::join_all};

    use super::*;

    #[tokio::test]
    async fn as_many_work_at_a_time_as_there_are_threads() {
        let decoders = Decoders::start(NonZeroUsize::new(2).unwrap()).unwrap();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = |_| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            decoders.run(move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::yield_now();
                now.fetch_sub(1, Ordering::SeqCst);
            })
        };
        assert!(join_all((0..200).map(work)).await.iter().all(Option::is_some));
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    #[tokio::test]
    async fn a_panic_ends_nothing_else() {
        let decoders = Decoders::start(NonZeroUsize::MIN).unwrap();
        assert_eq!(decoders.run(|| -> u8 { panic!("on purpose") }).await, None);
        assert_eq!(decoders.run(|| 7).await, Some(7));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_done() {
        let decoders = Decoders::start(NonZeroUsize::MIN).unwrap();
        let (release, held) = mpsc::channel::<()>();
        let mut first = Box::pin(decoders.run(move || held.recv().is_err()));
        assert!(first.as_mut().now_or_never().is_none());
        let done = Arc::new(AtomicUsize::new(0));
        let unwanted = decoders.run({
            let done = Arc::clone(&done);
            move || done.fetch_add(1, Ordering::SeqCst)
        });
        assert!(unwanted.now_or_never().is_none(), "the thread is held up");
        drop(release);
        assert_eq!(first.await, Some(true));
        decoders.run(|| ()).await.unwrap();
        assert_eq!(done.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn the_threads_end_with_their_owner() {
        let decoders = Decoders::start(NonZeroUsize::new(3).unwrap()).unwrap();
        decoders.give_back();
        assert_eq!(decoders.run(|| 7).await, Some(7));
        let desk = Arc::downgrade(&decoders.desk);
        drop(decoders);
        let deadline = Instant::now() + Duration::from_secs(10);
        while desk.strong_count() > 0 {
            assert!(Instant::now() < deadline, "a thread is still there");
            tokio::task::yield_now().await;
        }
    }
}
