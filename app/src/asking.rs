//! Asking the classifier from within the page, without a reload.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::{File, FormData};

use crate::{
    errand::Errand, problem::Problem, texts::refusal as texts, why::Why, wire::PageAnswer,
};

/// Where pictures are sent.
pub(crate) const CLASSIFY: &str = "/api/classify";

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
    /// The question under way, and the newest answer to one that was asked in the page.
    pub(crate) errand: Errand<PageAnswer>,
    /// Why the answer is what it is.
    pub(crate) why: Why,
    first: RwSignal<Option<Outcome>>,
    /// What was answered, and what is being asked.
    questions: StoredValue<(Option<Question>, Option<Question>)>,
}

impl Asking {
    /// Of this model, beginning with the answer that the page came with.
    pub(crate) fn new(model: String, first: Option<Outcome>) -> Self {
        Self {
            model: RwSignal::new(model),
            errand: Errand::new(),
            why: Why::new(),
            first: RwSignal::new(first),
            questions: StoredValue::new((None, None)),
        }
    }

    /// Asks, and withdraws the question before if it is still open: the server stops working on
    /// what nobody waits for.
    pub(crate) fn ask(self, question: Question) {
        self.cancel();
        self.why.close();
        let form = form(&self.model.read_untracked(), &question, &[]);
        self.questions.update_value(|it| it.1 = Some(question));
        self.errand.run(CLASSIFY, form);
    }

    /// Takes the question under way back. False if there is none.
    pub(crate) fn cancel(self) -> bool {
        let cancelled = self.errand.cancel();
        self.questions.update_value(|it| {
            let asked = it.1.take();
            if !cancelled && asked.is_some() {
                it.0 = asked;
            }
        });
        cancelled
    }

    /// The question to which the answer is shown.
    pub(crate) fn question(self) -> Option<Question> {
        let pending = self.errand.pending.get_untracked();
        self.questions.with_value(|(answered, asked)| match asked {
            Some(asked) if !pending => Some(asked.clone()),
            _ => answered.clone(),
        })
    }

    /// Asks another model from now on; none if the name is empty.
    pub(crate) fn turn_to(self, model: String) {
        self.model.set(model);
        self.show(None, None);
    }

    /// Shows an answer that was had by other means, and says to which question.
    pub(crate) fn show(self, question: Option<Question>, outcome: Option<Outcome>) {
        self.cancel();
        self.why.close();
        self.questions.set_value((question, None));
        self.errand.outcome.set(None);
        self.first.set(outcome);
    }

    /// Says to which question the answer is that the page came with.
    pub(crate) fn began_with(self, question: Option<Question>) {
        self.questions.set_value((question, None));
    }

    /// What to show: the newest answer, or before any the one that the page came with.
    pub(crate) fn outcome(self) -> Signal<Option<Outcome>> {
        Signal::derive(move || newest(self.errand.outcome.get(), || self.first.get()))
    }
}

/// The form that sends a picture, with these fields besides.
pub(crate) fn form(
    model: &str,
    question: &Question,
    fields: &[(&str, &str)],
) -> Result<FormData, Problem> {
    let form = || {
        let form = FormData::new()?;
        // The server wants to know everything before the picture.
        form.append_with_str("model", model)?;
        for (name, value) in fields {
            form.append_with_str(name, value)?;
        }
        match question {
            Question::Url(url) => form.append_with_str("url", url)?,
            Question::Example(example) => form.append_with_str("example", example)?,
            Question::File(file) => {
                form.append_with_blob_and_filename("image", file, &file.name())?;
            }
            Question::Refused(problem) => return Ok(Err(problem.clone())),
        }
        Ok(Ok(form))
    };
    form().unwrap_or_else(|_: leptos::wasm_bindgen::JsValue| Err(unreadable()))
}

/// The browser did not let the page have the file, as when it was deleted meanwhile.
pub(crate) fn unreadable() -> Problem {
    Problem::new(400, "unreadable_file", texts::UNREADABLE, texts::UNREADABLE_HELP)
}

/// An answer that was asked for in the page counts more than the one that the page came with.
fn newest(asked: Option<Outcome>, first: impl FnOnce() -> Option<Outcome>) -> Option<Outcome> {
    asked.or_else(first)
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
