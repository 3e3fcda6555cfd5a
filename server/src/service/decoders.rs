//! The threads that decode pictures.

use std::{fmt, io, num::NonZeroUsize};

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot;

/// As many threads as pictures are decoded at a time. More would only share the same cores, and each
/// keeps memory: the runtime's own pool grows by one for whatever finds all others busy.
pub(super) struct Decoders(ThreadPool);

impl Decoders {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub(super) fn start(threads: NonZeroUsize) -> io::Result<Self> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .thread_name(|number| format!("vitrine-decode-{number}"))
            // Whoever waits sees that nothing comes.
            .panic_handler(|_| {});
        pool.build().map(Self).map_err(io::Error::other)
    }

    /// Does something in its turn, unless nobody waits for it any more by then. Nothing comes of
    /// what panics.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        self.0.spawn(move || {
            if !sender.is_closed() {
                // Nobody may wait by now, which is no fault.
                let _ = sender.send(work());
            }
        });
        receiver.await.ok()
    }

    /// Has each thread give back what it keeps of freed memory, which no other thread can.
    pub(super) fn give_back(&self) {
        self.0.spawn_broadcast(|_| allocator::give_back());
    }
}

impl fmt::Debug for Decoders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoders").field("threads", &self.0.current_num_threads()).finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
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
}
