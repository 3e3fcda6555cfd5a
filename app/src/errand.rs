//! Something that the server is asked to do, from the first word to the last.

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use web_sys::{AbortController, FormData};

use crate::{browser::post::post, json::read::Read, problem::Problem, wire::Stage};

/// One errand at a time: a new one takes the place of the one before.
#[derive(Debug)]
pub(crate) struct Errand<T: 'static> {
    /// What came of the newest one that came to its end.
    pub(crate) outcome: RwSignal<Option<Result<T, Problem>>>,
    /// How far the one under way is, as far as the server has said.
    pub(crate) stage: RwSignal<Option<Stage>>,
    /// Whether one is under way.
    pub(crate) pending: RwSignal<bool>,
    running: StoredValue<Option<SendWrapper<AbortController>>>,
}

impl<T> Clone for Errand<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Errand<T> {}

impl<T: Read + Send + Sync> Errand<T> {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self {
            outcome: RwSignal::new(None),
            stage: RwSignal::new(None),
            pending: RwSignal::new(false),
            running: StoredValue::new(None),
        }
    }

    /// Sends a form, or takes the problem with it for the outcome.
    pub(crate) fn run(self, path: &'static str, form: Result<FormData, Problem>) {
        self.cancel();
        let (form, abort) = match (form, AbortController::new()) {
            (Ok(form), Ok(abort)) => (form, abort),
            (Err(problem), _) => return self.outcome.set(Some(Err(problem))),
            (_, Err(_)) => return,
        };
        let signal = abort.signal();
        self.running.set_value(Some(SendWrapper::new(abort)));
        self.stage.set(None);
        self.pending.set(true);
        spawn_local(async move {
            let tell = |stage| {
                self.stage.try_set(Some(stage));
            };
            let outcome = post(path, &form, Some(&signal), tell).await;
            // Nobody waits any more, or for another one.
            if !signal.aborted() {
                self.running.try_set_value(None);
                self.pending.try_set(false);
                self.outcome.try_set(Some(outcome));
            }
        });
    }

    /// Ends the one under way: the request is broken off, which the server notices. False if there
    /// is none.
    pub(crate) fn cancel(self) -> bool {
        let running = self.running.try_update_value(Option::take).flatten();
        if let Some(abort) = &running {
            abort.abort();
            self.pending.set(false);
        }
        running.is_some()
    }
}
