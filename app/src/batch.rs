//! Several pictures at once: a row for each, answered two at a time.

mod export;
mod order;

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use web_sys::{AbortController, AbortSignal, File};

pub(crate) use export::{csv, json};
pub(crate) use order::{Column, Order};

use crate::{
    asking::{CLASSIFY, Question, form},
    browser::{pause, post::post, thumbnail},
    desk::check,
    problem::Problem,
    wire::{Classification, PageAnswer},
};

/// Requests under way at a time. The server computes one batch at a time, so that more would only
/// take places in its queue away from others.
const LANES: usize = 2;
/// How often a picture is sent again after the server said that it is busy.
const PATIENCE: u32 = 8;
/// Pictures that are taken at a time.
pub(crate) const MOST: usize = 500;
/// Side of a thumbnail in pixels.
const THUMBNAIL: u32 = 96;

/// How it stands with a picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Progress {
    /// Its turn has not come.
    Waiting,
    /// The server works on it.
    Asking,
    /// The server was busy and said after how many seconds to come again.
    Pausing(u32),
    /// Answered.
    Done(Box<Classification>),
    /// Failed for good, or until it is tried again by hand.
    Failed(Problem),
}

/// A picture of several.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Tells rows apart.
    pub(crate) id: u32,
    /// File name.
    pub(crate) name: String,
    /// The file.
    pub(crate) file: SendWrapper<File>,
    /// A small version of it as an object URL, once that is made.
    pub(crate) thumbnail: RwSignal<Option<String>>,
    /// How it stands.
    pub(crate) progress: RwSignal<Progress>,
}

/// Several pictures.
#[derive(Clone, Copy)]
pub(crate) struct Batch {
    /// All rows, in the order in which they came.
    pub(crate) rows: RwSignal<Vec<Row>>,
    /// How the table is sorted.
    pub(crate) order: RwSignal<Order>,
    model: StoredValue<String>,
    limit: u64,
    next: StoredValue<u32>,
    lanes: StoredValue<usize>,
    /// Breaks off what is under way.
    running: StoredValue<Option<SendWrapper<AbortController>>>,
}

impl Batch {
    /// None yet, for a model that takes pictures of at most so many bytes.
    pub(crate) fn new(model: String, limit: u64) -> Self {
        Self {
            rows: RwSignal::default(),
            order: RwSignal::default(),
            model: StoredValue::new(model),
            limit,
            next: StoredValue::new(0),
            lanes: StoredValue::new(0),
            running: StoredValue::new(None),
        }
    }

    /// Takes these pictures, too, and begins with them at once.
    pub(crate) fn add(self, files: Vec<File>) {
        let rows = files.into_iter().map(|file| {
            let id = self.next.get_value();
            self.next.set_value(id + 1);
            Row {
                id,
                name: file.name(),
                file: SendWrapper::new(file),
                thumbnail: RwSignal::new(None),
                progress: RwSignal::new(Progress::Waiting),
            }
        });
        let rows: Vec<_> = rows.collect();
        self.rows.update(|all| {
            all.extend(rows);
            all.truncate(MOST);
        });
        self.run();
    }

    /// Takes up all that failed once more.
    pub(crate) fn retry(self) {
        for row in self.rows.get_untracked() {
            if matches!(row.progress.get_untracked(), Progress::Failed(_)) {
                row.progress.set(Progress::Waiting);
            }
        }
        self.run();
    }

    /// Takes up one that failed once more.
    pub(crate) fn retry_one(self, row: &Row) {
        row.progress.set(Progress::Waiting);
        self.run();
    }

    /// Forgets all pictures. What is under way is broken off, which the server notices.
    pub(crate) fn clear(self) {
        if let Some(running) = self.running.try_update_value(Option::take).flatten() {
            running.abort();
            // The lanes end when they notice; others begin with what comes next.
            self.lanes.set_value(0);
        }
        for row in self.rows.get_untracked() {
            if let Some(url) = row.thumbnail.get_untracked() {
                thumbnail::forget(&url);
            }
        }
        self.rows.set(Vec::new());
    }

    fn run(self) {
        let Some(signal) = self.signal() else { return };
        while self.lanes.get_value() < LANES {
            self.lanes.update_value(|it| *it += 1);
            let signal = signal.clone();
            spawn_local(async move {
                while !signal.aborted()
                    && let Some(row) = self.waiting()
                {
                    self.answer(row, &signal).await;
                }
                if !signal.aborted() {
                    self.lanes.try_update_value(|it| *it -= 1);
                }
            });
        }
    }

    /// Told when what is under way is to be broken off.
    fn signal(self) -> Option<AbortSignal> {
        self.running.update_value(|it| {
            if it.is_none() {
                *it = AbortController::new().ok().map(SendWrapper::new);
            }
        });
        self.running.with_value(|it| it.as_ref().map(|it| it.signal()))
    }

    /// The next picture whose turn it is, which is marked as begun.
    fn waiting(self) -> Option<Row> {
        let rows = self.rows.try_get_untracked()?;
        let row = rows.into_iter().find(|it| it.progress.get_untracked() == Progress::Waiting)?;
        row.progress.set(Progress::Asking);
        Some(row)
    }

    async fn answer(self, row: Row, signal: &AbortSignal) {
        if row.thumbnail.get_untracked().is_none() {
            row.thumbnail.try_set(thumbnail::of(&row.file, THUMBNAIL).await);
        }
        let mut tries = 0;
        let progress = loop {
            match self.ask(&row.file, signal).await {
                // Nobody waits for it any more.
                _ if signal.aborted() => return,
                Ok(answer) => break Progress::Done(Box::new(answer)),
                Err(Problem { retry_after: Some(seconds), .. }) if tries < PATIENCE => {
                    tries += 1;
                    row.progress.try_set(Progress::Pausing(seconds));
                    pause(seconds.clamp(1, 60) * 1000).await;
                    if signal.aborted() {
                        return;
                    }
                    row.progress.try_set(Progress::Asking);
                }
                Err(problem) => break Progress::Failed(problem),
            }
        };
        row.progress.try_set(progress);
    }

    async fn ask(self, file: &File, signal: &AbortSignal) -> Result<Classification, Problem> {
        check(file, self.limit).await?;
        let model = self.model.get_value();
        let question = Question::File(SendWrapper::new(file.clone()));
        let form = form(&model, &question, &[("crop", "false")])?;
        post::<PageAnswer>(CLASSIFY, &form, Some(signal), |_| ()).await.map(|page| page.answer)
    }
}
