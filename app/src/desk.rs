//! The state of a model's page: what was given, what came of it, what is kept.

mod address;

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use web_sys::{File, Url};

use crate::{
    asking::{Asking, Outcome, Question, unreadable},
    batch::Batch,
    browser::{self, thumbnail, ways::Given},
    history::History,
    kind,
    opened::Opened,
    problem::Problem,
    snippet::Subject,
    wire::{ExamplePicture, SHOWN},
};

/// A model's page while it is visited.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    /// The model of the page.
    pub(crate) main: Asking,
    /// The one that it is compared with, if any.
    pub(crate) rival: Asking,
    /// How many classes are shown.
    pub(crate) shown: RwSignal<u32>,
    /// Where the picture that was given can be seen.
    pub(crate) preview: RwSignal<Option<String>>,
    /// The picture as a program could ask for it.
    pub(crate) subject: RwSignal<Option<Subject>>,
    /// Several pictures.
    pub(crate) batch: Batch,
    /// What this browser remembers.
    pub(crate) history: History,
    examples: StoredValue<Vec<ExamplePicture>>,
    limit: u64,
    last: StoredValue<Option<Question>>,
}

impl Desk {
    /// As the page opens.
    pub(crate) fn new(opened: &Opened) -> Self {
        let model = &opened.model;
        let rival = opened.rival.clone().unwrap_or_default();
        let desk = Self {
            main: Asking::new(model.name.clone(), opened.outcome.clone()),
            rival: Asking::new(rival.0, rival.1),
            shown: RwSignal::new(opened.top_k.unwrap_or(SHOWN)),
            preview: RwSignal::new(None),
            subject: RwSignal::new(None),
            batch: Batch::new(model.name.clone(), model.max_upload),
            history: History::new(),
            examples: StoredValue::new(model.examples.clone()),
            limit: model.max_upload,
            last: StoredValue::new(None),
        };
        let question = match (&opened.url, &opened.example) {
            (Some(url), _) => Some(Question::Url(url.clone())),
            (None, Some(example)) => Some(Question::Example(example.clone())),
            (None, None) => None,
        };
        for asking in [desk.main, desk.rival] {
            asking.began_with(question.clone());
        }
        desk.remember(question);
        desk
    }

    /// Asks about a picture.
    pub(crate) fn ask(self, question: Question) {
        self.show(&question);
        self.remember(Some(question.clone()));
        if !self.rival.model.get_untracked().is_empty() {
            self.rival.ask(question.clone());
        }
        self.main.ask(question);
        self.follow();
    }

    /// Takes the question under way back, and goes on with what was there before it.
    pub(crate) fn cancel(self) {
        self.rival.cancel();
        for asking in [self.main, self.rival] {
            if asking.why.errand.pending.get_untracked() {
                asking.why.close();
            }
        }
        if self.main.cancel() {
            let question = self.main.question();
            match &question {
                Some(question) => self.show(question),
                None => self.preview.set(None),
            }
            self.remember(question);
            self.follow();
        }
    }

    /// Asks once more what was asked last.
    pub(crate) fn ask_again(self) {
        if let Some(question) = self.last.get_value() {
            self.ask(question);
        }
    }

    /// Asks about a file, or about several, once they have been looked at.
    pub(crate) fn take(self, mut files: Vec<File>) {
        if files.len() > 1 {
            self.batch.add(files);
        } else if let Some(file) = files.pop() {
            let limit = self.limit;
            spawn_local(async move {
                self.ask(match check(&file, limit).await {
                    Ok(()) => Question::File(SendWrapper::new(file)),
                    Err(problem) => Question::Refused(problem),
                });
            });
        }
    }

    /// Asks about what was dropped or pasted.
    pub(crate) fn take_given(self, given: Given) {
        match given {
            Given::Files(files) => self.take(files),
            Given::Address(url) => self.ask(Question::Url(url)),
        }
    }

    /// Compares with another model from now on, which is shown the picture at once; with none if
    /// the name is empty.
    pub(crate) fn compare(self, model: String) {
        let none = model.is_empty();
        self.rival.turn_to(model);
        if let Some(question) = self.last.get_value().filter(|_| !none) {
            self.rival.ask(question);
        }
        self.follow();
    }

    /// Shows an answer of several as if it had been asked for alone.
    pub(crate) fn show_answer(self, file: &SendWrapper<File>, outcome: Outcome) {
        let question = Question::File(file.clone());
        self.show(&question);
        self.remember(Some(question.clone()));
        self.main.show(Some(question), Some(outcome));
        self.rival.turn_to(String::new());
        self.follow();
    }

    /// The newest picture that is more than a refusal.
    pub(crate) fn last(self) -> Option<Question> {
        self.last.get_value()
    }

    /// Puts the address of the page as it is shown into the address bar.
    pub(crate) fn follow(self) {
        let rival = self.rival.model.get_untracked();
        self.last.with_value(|last| {
            let shown = self.shown.get_untracked();
            address::follow(&self.main.model.get_untracked(), last.as_ref(), &rival, shown);
        });
    }

    /// Where an example can be seen.
    fn path(self, file: &str) -> Option<String> {
        self.examples.with_value(|all| {
            all.iter().find(|it| it.file == file || file.is_empty()).map(|it| it.path.clone())
        })
    }

    fn show(self, question: &Question) {
        let preview = match question {
            // The browser reads it where it is, however large: nothing is copied.
            Question::File(file) => Url::create_object_url_with_blob(file).ok(),
            Question::Example(example) => self.path(example),
            Question::Url(_) | Question::Refused(_) => None,
        };
        if let Some(before) = self.preview.get_untracked() {
            thumbnail::forget(&before);
        }
        self.preview.set(preview);
    }

    fn remember(self, question: Option<Question>) {
        self.subject.set(question.as_ref().and_then(|question| match question {
            Question::Url(url) => Some(Subject::Url(url.clone())),
            Question::Example(file) => {
                Some(Subject::Example { path: self.path(file)?, file: file.clone() })
            }
            Question::File(file) => Some(Subject::File(file.name())),
            Question::Refused(_) => None,
        }));
        let question = question.filter(|it| !matches!(it, Question::Refused(_)));
        self.last.set_value(question);
    }
}

/// Looks at a file before it is sent.
///
/// # Errors
///
/// Why it is not sent.
pub(crate) async fn check(file: &File, limit: u64) -> Result<(), Problem> {
    let head = browser::head(file, kind::HEAD).await.map_err(|_| unreadable())?;
    match kind::refuse(&head, file.size() as u64, limit) {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}
