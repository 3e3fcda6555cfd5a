use std::error::Error;
use std::sync::Arc;

use crate::desk::Desk;
use crate::error::chain;
use crate::panics::{contained, discard};
use crate::{Pipeline, RunError};

/// The life of the worker thread.
pub(crate) fn work<P, E>(
    desk: &Desk<P::Request, P::Response>,
    max_batch: usize,
    construct: impl FnOnce() -> Result<P, E>,
) where
    P: Pipeline,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let _last_words = LastWords(desk);
    let constructed = contained(|| construct().map_err(|error| chain(&*error.into())))
        .unwrap_or_else(|message| Err(format!("a panic: {message}").into()));
    let mut pipeline = match constructed {
        Ok(pipeline) => pipeline,
        Err(reason) => {
            tracing::error!(%reason, "the pipeline could not be constructed: {reason}");
            return desk.failed(reason);
        }
    };
    if desk.ready() {
        tracing::info!("the pipeline is ready");
        serve(desk, max_batch, &mut pipeline);
    }
    discard(pipeline);
    tracing::info!("the pipeline is dropped");
}

/// Answers whatever is owed and shows the end, even if a bug of ours unwinds the thread.
struct LastWords<'a, Request: Send + 'static, Response: Send + 'static>(
    &'a Desk<Request, Response>,
);

impl<Request: Send + 'static, Response: Send + 'static> Drop for LastWords<'_, Request, Response> {
    fn drop(&mut self) {
        self.0.stopped();
    }
}

fn serve<P: Pipeline>(desk: &Desk<P::Request, P::Response>, max_batch: usize, pipeline: &mut P) {
    let next = |pipeline: &P| {
        desk.next_batch(
            max_batch,
            |first, next| pipeline.joins(first, next),
            |joined| pipeline.take(joined),
            |joined| pipeline.patience(joined),
        )
    };
    let mut was_quick = false;
    while let Some(batch) = next(pipeline) {
        let (places, requests, started) = batch.into_parts();
        let outcome = run(pipeline, requests);
        let quick = desk.finish(&places, started.elapsed(), outcome);
        // A thread that has little to do at a time is waited for as those are that write the answers.
        match (was_quick, quick) {
            (false, true) => scheduling::prefer_latency(),
            (true, false) => scheduling::prefer_throughput(),
            _ => {}
        }
        was_quick = quick;
    }
}

fn run<P: Pipeline>(
    pipeline: &mut P,
    requests: Vec<P::Request>,
) -> Result<Vec<P::Response>, RunError> {
    let expected = requests.len();
    let outcome = contained(|| pipeline.run(requests).map_err(|error| chain(&error)));
    match outcome {
        Err(message) => {
            tracing::error!(panic = %message, "the pipeline panicked: {message}");
            Err(RunError::Panicked(message))
        }
        Ok(Err(reason)) => Err(RunError::Failed(reason)),
        Ok(Ok(responses)) if responses.len() == expected => Ok(responses),
        Ok(Ok(responses)) => {
            let got = responses.len();
            discard(responses);
            tracing::error!(expected, got, "the pipeline returned a wrong number of responses");
            Err(RunError::WrongCount { expected, got })
        }
    }
}

/// The body of the thread: `alive` is dropped last, and tells so that nothing of ours is left to
/// run.
pub(crate) fn body<P, E, F>(
    desk: Arc<Desk<P::Request, P::Response>>,
    max_batch: usize,
    construct: F,
    alive: tokio::sync::watch::Sender<()>,
) -> impl FnOnce() + Send + 'static
where
    P: Pipeline,
    E: Into<Box<dyn Error + Send + Sync>>,
    F: FnOnce() -> Result<P, E> + Send + 'static,
{
    move || {
        work(&desk, max_batch, construct);
        drop(desk);
        drop(alive);
    }
}
