//! Telling how far something is while it goes on.

use std::{sync::Arc, time::Duration};

use futures::stream;
use http::{HeaderValue, header::CONTENT_TYPE};
use leptos::{prelude::use_context, server_fn::codec::TextStream};
use leptos_axum::ResponseOptions;
use serde::Serialize;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use crate::{classify::Watcher, problem::Problem, wire::Event};

/// How long an answer may take before its progress is told. What fails until then can still say so
/// by the status of the response.
const GRACE: Duration = Duration::from_millis(150);
/// Least time between two lines, so that a large picture does not come as thousands of them.
const BEAT: Duration = Duration::from_millis(100);

/// Does some work, and gives a line for each step of it and one for what came of it. The work is
/// dropped with the stream.
pub(super) async fn watched<T, F>(
    work: impl FnOnce(Watcher) -> F,
) -> Result<TextStream<Problem>, Problem>
where
    F: Future<Output = Result<T, Problem>> + Send + 'static,
    T: Serialize + Send + 'static,
{
    let (tell, stages) = watch::channel(None);
    let mut work = Box::pin(work(Arc::new(move |stage| {
        tell.send_replace(Some(stage));
    })));
    if let Ok(outcome) = timeout(GRACE, &mut work).await {
        name_type("application/json");
        let line = line(&Event::Done(outcome?));
        return Ok(TextStream::new(stream::once(async { Ok(line) })));
    }
    // What compresses answers lets lines of JSON pass at once.
    name_type("application/x-ndjson");
    let lines = stream::unfold(Some((work, stages)), |state| async {
        let (mut work, mut stages) = state?;
        let next = async {
            sleep(BEAT).await;
            stages.changed().await.ok()?;
            *stages.borrow_and_update()
        };
        let stage = tokio::select! {
            biased;
            outcome = &mut work => return Some((Ok(line(&Event::from(outcome))), None)),
            Some(stage) = next => stage,
        };
        Some((Ok(line(&Event::<T>::Stage(stage))), Some((work, stages))))
    });
    Ok(TextStream::new(lines))
}

fn name_type(kind: &'static str) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
}

fn line(event: &Event<impl Serialize>) -> String {
    let mut line = serde_json::to_string(event).unwrap_or_default();
    line.push('\n');
    line
}
