//! What this browser remembers of earlier answers. Nothing of it leaves the device.

use leptos::{prelude::*, task::spawn_local};
use web_sys::js_sys::Date;

use crate::{
    asking::Question,
    browser::keep,
    json::{
        self,
        read::objects,
        write::{Write, object, written},
    },
    snippet::Subject,
    wire::{PageAnswer, Prediction},
};

/// The name under which it is kept.
const KEY: &str = "vitrine-history";
/// Answers that are remembered.
const MOST: usize = 24;
/// Longest thumbnail in characters of its `data:` URL; the store has 5 MB for everything.
const MAX_THUMBNAIL: usize = 40_000;
/// Largest picture that is kept for asking again, in bytes.
const MAX_PICTURE: f64 = 8e6;

/// An answer of earlier.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// When it came, in milliseconds since 1970; tells entries apart.
    pub(crate) id: u64,
    /// The model that was asked.
    pub(crate) model: String,
    /// The best class.
    pub(crate) best: Prediction,
    /// What the network saw, as a `data:` URL.
    pub(crate) thumbnail: Option<String>,
    /// What was asked.
    pub(crate) subject: Subject,
}

objects! { Entry { id, model, best, thumbnail, subject } }

impl Write for Entry {
    fn write(&self, text: &mut String) {
        let Self { id, model, best, thumbnail, subject } = self;
        object(
            text,
            &[
                ("id", id),
                ("model", model),
                ("best", best),
                ("thumbnail", thumbnail),
                ("subject", subject),
            ],
        );
    }
}

/// Earlier answers, newest first.
#[derive(Clone, Copy)]
pub(crate) struct History(pub(crate) RwSignal<Vec<Entry>>);

impl History {
    /// Empty, until the browser has looked.
    ///
    /// ## Server-side rendering
    ///
    /// Stays empty: the server remembers nothing.
    pub(crate) fn new() -> Self {
        let history = Self(RwSignal::default());
        Effect::new(move || {
            let kept = keep::text(KEY).and_then(|text| json::read(&text));
            history.0.set(kept.unwrap_or_default());
        });
        history
    }

    /// Remembers an answer.
    pub(crate) fn add(self, model: &str, question: &Question, subject: Subject, page: &PageAnswer) {
        let Some(best) = page.answer.predictions.first().cloned() else { return };
        let entry = Entry {
            id: Date::now() as u64,
            model: model.to_owned(),
            best,
            thumbnail: page.answer.crop.clone().filter(|it| it.len() <= MAX_THUMBNAIL),
            subject,
        };
        if let Question::File(file) = question
            && file.size() <= MAX_PICTURE
        {
            let (id, file) = (entry.id, file.clone());
            spawn_local(async move { keep::put_picture(id, &file).await });
        }
        let old = self.0.try_update(|all| insert(all, entry)).unwrap_or_default();
        for entry in old {
            spawn_local(keep::forget_picture(entry.id));
        }
        self.save();
    }

    /// Forgets everything.
    pub(crate) fn clear(self) {
        self.0.set(Vec::new());
        self.save();
        spawn_local(keep::forget_pictures());
    }

    fn save(self) {
        // Where nothing can be kept the page remembers for as long as it is open.
        let _ = keep::put_text(KEY, &written(&*self.0.read_untracked()));
    }
}

/// Puts an answer in front, in place of an earlier one to the same question, and gives what has to
/// go for it.
fn insert(all: &mut Vec<Entry>, entry: Entry) -> Vec<Entry> {
    // Two files may have one name.
    let same = |it: &Entry| {
        it.model == entry.model
            && it.subject == entry.subject
            && (!matches!(it.subject, Subject::File(_)) || it.thumbnail == entry.thumbnail)
    };
    let (mut old, mut kept): (Vec<_>, Vec<_>) = all.drain(..).partition(same);
    kept.insert(0, entry);
    old.extend(kept.drain(MOST.min(kept.len())..));
    *all = kept;
    old
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read::Read;

    fn entry(id: u64, url: &str) -> Entry {
        Entry {
            id,
            model: "vgg".to_owned(),
            best: Prediction { index: 0, label: "cat".to_owned(), probability: 1.0 },
            thumbnail: None,
            subject: Subject::Url(url.to_owned()),
        }
    }

    #[test]
    fn remembers_the_newest_of_each_and_not_too_many() {
        let mut all = Vec::new();
        for id in 0..30 {
            insert(&mut all, entry(id, &id.to_string()));
        }
        assert_eq!(all.len(), MOST);
        assert_eq!(all[0].id, 29);
        let old = insert(&mut all, entry(99, "28"));
        assert_eq!(old.iter().map(|it| it.id).collect::<Vec<_>>(), [28]);
        assert_eq!((all[0].id, all[1].id, all.len()), (99, 29, MOST));
    }

    #[test]
    fn what_is_kept_can_be_read_again() {
        let example = Subject::Example { file: "a.jpg".to_owned(), path: "/a.jpg".to_owned() };
        let file = Subject::File("a \"b\".jpg".to_owned());
        let mut all = vec![entry(1_763_000_000_000, "https://a/b")];
        for subject in [example, file] {
            let thumbnail = Some("data:image/png;base64,".to_owned());
            all.push(Entry { subject, thumbnail, ..all[0].clone() });
        }
        let json: serde_json::Value = serde_json::from_str(&written(&all)).expect("JSON");
        assert_eq!(Read::read(&json), Some(all));
    }
}
