//! Asking the classifier from within the page, without a reload.

mod address;
mod form;

use leptos::{prelude::*, reactive::actions::ActionAbortHandle};
use send_wrapper::SendWrapper;
use web_sys::FormData;

pub(crate) use form::question;

use crate::{
    problem::Problem,
    server_fns::{classify_example, classify_upload, classify_url},
    wire::Classification,
};

/// What came of a picture.
pub(crate) type Outcome = Result<Classification, Problem>;

/// A picture that the visitor wants to have classified.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    /// At this address.
    Url(String),
    /// The model's own, by file name; its first if the name is empty.
    Example(String),
    /// In this form, which exists only in the browser.
    Upload(SendWrapper<FormData>),
    /// That need not be sent to know the answer.
    Refused(Problem),
}

/// The questions of one visit to a model's page.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    action: Action<Question, Outcome>,
    running: StoredValue<Option<ActionAbortHandle>>,
    model: StoredValue<String>,
}

impl Asking {
    /// Of this model.
    pub(crate) fn new(model: String) -> Self {
        let name = StoredValue::new(model);
        let action =
            Action::new(move |question: &Question| answer(name.get_value(), question.clone()));
        Self { action, running: StoredValue::new(None), model: name }
    }

    /// Asks, and withdraws the question before if it is still open: the server stops working on
    /// what nobody waits for.
    pub(crate) fn ask(self, question: Question) {
        if let Some(running) = self.running.try_update_value(Option::take).flatten() {
            running.abort();
        }
        address::follow(&self.model.get_value(), &question);
        self.running.set_value(Some(self.action.dispatch(question)));
    }

    /// Whether an answer is being waited for.
    pub(crate) fn pending(self) -> Signal<bool> {
        self.action.pending().into()
    }

    /// What to show: the newest answer, or before any the one that the page came with.
    pub(crate) fn outcome(self, first: Option<Outcome>) -> Signal<Option<Outcome>> {
        let first = StoredValue::new(first);
        let value = self.action.value();
        Signal::derive(move || newest(value.get(), || first.get_value()))
    }
}

/// An answer that was asked for in the page counts more than the one that the page came with.
fn newest(asked: Option<Outcome>, first: impl FnOnce() -> Option<Outcome>) -> Option<Outcome> {
    asked.or_else(first)
}

async fn answer(model: String, question: Question) -> Outcome {
    match question {
        Question::Url(url) => classify_url(model, url).await,
        Question::Example(example) => classify_example(model, example).await,
        Question::Upload(form) => classify_upload(form.take().into()).await,
        Question::Refused(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, newest};
    use crate::problem::Problem;

    fn outcome(code: &str) -> Outcome {
        Err(Problem::new(400, code, "Title", "Detail"))
    }

    #[test]
    fn the_newest_answer_counts() {
        let first = || Some(outcome("first"));
        assert_eq!(newest(None, || None), None);
        assert_eq!(newest(None, first), Some(outcome("first")));
        assert_eq!(newest(Some(outcome("asked")), first), Some(outcome("asked")));
    }
}
