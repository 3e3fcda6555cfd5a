//! Asking the classifier from within the page, without a reload.

use leptos::{prelude::*, reactive::actions::ActionAbortHandle};
use send_wrapper::SendWrapper;
use web_sys::{File, FormData};

use crate::{
    problem::Problem,
    server_fns::{classify_example, classify_upload, classify_url},
    texts::refusal as texts,
    wire::PageAnswer,
};

/// What came of a picture.
pub(crate) type Outcome = Result<PageAnswer, Problem>;

/// A picture that the visitor wants to have classified.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    /// At this address.
    Url(String),
    /// The model's own, by file name; its first if the name is empty.
    Example(String),
    /// This file, which exists only in the browser.
    File(SendWrapper<File>),
    /// That need not be sent to know the answer.
    Refused(Problem),
}

/// The questions to one model during a visit to a page.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    /// Name of the model. Empty while there is none.
    pub(crate) model: RwSignal<String>,
    action: Action<Question, Outcome>,
    running: StoredValue<Option<ActionAbortHandle>>,
    first: RwSignal<Option<Outcome>>,
}

impl Asking {
    /// Of this model, beginning with the answer that the page came with.
    pub(crate) fn new(model: String, first: Option<Outcome>) -> Self {
        let model = RwSignal::new(model);
        let action =
            Action::new(move |question: &Question| answer(model.get_untracked(), question.clone()));
        Self { model, action, running: StoredValue::new(None), first: RwSignal::new(first) }
    }

    /// Asks, and withdraws the question before if it is still open: the server stops working on
    /// what nobody waits for.
    pub(crate) fn ask(self, question: Question) {
        self.withdraw();
        self.running.set_value(Some(self.action.dispatch(question)));
    }

    /// Asks another model from now on; none if the name is empty.
    pub(crate) fn turn_to(self, model: String) {
        self.withdraw();
        self.model.set(model);
        self.show(None);
    }

    /// Shows an answer that was had by other means.
    pub(crate) fn show(self, outcome: Option<Outcome>) {
        self.action.value().set(None);
        self.first.set(outcome);
    }

    /// Whether an answer is being waited for.
    pub(crate) fn pending(self) -> Signal<bool> {
        self.action.pending().into()
    }

    /// What came of the newest question that was asked in the page.
    pub(crate) fn asked(self) -> Signal<Option<Outcome>> {
        self.action.value().into()
    }

    /// What to show: the newest answer, or before any the one that the page came with.
    pub(crate) fn outcome(self) -> Signal<Option<Outcome>> {
        Signal::derive(move || newest(self.action.value().get(), || self.first.get()))
    }

    fn withdraw(self) {
        if let Some(running) = self.running.try_update_value(Option::take).flatten() {
            running.abort();
        }
    }
}

/// The form that sends a picture. `crop` asks for what the network saw, too.
pub(crate) fn upload(model: &str, file: &File, crop: bool) -> Result<FormData, Problem> {
    let form = || {
        let form = FormData::new()?;
        // The server wants to know the model before the picture.
        form.append_with_str("model", model)?;
        form.append_with_str("crop", if crop { "true" } else { "false" })?;
        form.append_with_blob_and_filename("image", file, &file.name())?;
        Ok(form)
    };
    form().map_err(|_: leptos::wasm_bindgen::JsValue| unreadable())
}

/// The browser did not let the page have the file, as when it was deleted meanwhile.
pub(crate) fn unreadable() -> Problem {
    Problem::new(400, "unreadable_file", texts::UNREADABLE, texts::UNREADABLE_HELP)
}

/// An answer that was asked for in the page counts more than the one that the page came with.
fn newest(asked: Option<Outcome>, first: impl FnOnce() -> Option<Outcome>) -> Option<Outcome> {
    asked.or_else(first)
}

async fn answer(model: String, question: Question) -> Outcome {
    match question {
        Question::Url(url) => classify_url(model, url).await,
        Question::Example(example) => classify_example(model, example).await,
        Question::File(file) => classify_upload(upload(&model, &file, true)?.into()).await,
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
