//! What serde writes on the server is what is read in the browser.

use std::fmt::Debug;

use serde::Serialize;
use serde_json::json;

use super::{Read, Value};
use crate::{
    opened::Opened,
    problem::Problem,
    wire::{
        Classification, Event, ExamplePicture, HeatMap, ModelState, ModelStatus, ModelSummary,
        PageAnswer, Prediction, Ranking, ServerStatus, Source, SourceKind, Stage, Timing,
    },
};

impl Value for serde_json::Value {
    fn is_null(&self) -> bool {
        Self::is_null(self)
    }

    fn field(&self, name: &str) -> Option<Self> {
        self.get(name).filter(|it| !it.is_null()).cloned()
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn is_true(&self) -> bool {
        self.as_bool().unwrap_or_default()
    }
}

/// Checks that a value comes back as it was.
fn returns<T: Read + Serialize + PartialEq + Debug>(value: &T) {
    let json = serde_json::to_value(value).expect("JSON");
    assert_eq!(T::read(&json).as_ref(), Some(value), "{json}");
}

fn states() -> [ModelState; 8] {
    [
        ModelState::Absent { hint: "vitrine pull".to_owned() },
        ModelState::Fetching { received: 7, total: Some(9) },
        ModelState::Fetching { received: 7, total: None },
        ModelState::Standby,
        ModelState::Loading,
        ModelState::Ready,
        ModelState::Unloaded,
        ModelState::Failed { reason: "It is.".to_owned() },
    ]
}

fn summary(state: ModelState) -> ModelSummary {
    ModelSummary {
        name: "vgg".to_owned(),
        title: "VGG".to_owned(),
        description: "Tells \"things\" apart.".to_owned(),
        compute: None,
        architecture: "vgg16".to_owned(),
        input_size: 224,
        classes: 1000,
        licence: "BSD".to_owned(),
        outdated: state == ModelState::Ready,
        fallback: (state != ModelState::Ready).then(|| "flags".to_owned()),
        state,
        examples: vec![ExamplePicture {
            file: "a.jpg".to_owned(),
            path: "/a.jpg".to_owned(),
            title: "A".to_owned(),
            credit: "B".to_owned(),
        }],
        max_upload: 16_000_000,
    }
}

fn prediction() -> Prediction {
    Prediction { index: 3, label: "Japan".to_owned(), probability: 0.98 }
}

fn answer(kind: SourceKind) -> Classification {
    let sent = kind == SourceKind::Upload;
    Classification {
        model: "flags".to_owned(),
        fallback_for: sent.then(|| "vgg".to_owned()),
        predictions: vec![prediction()],
        source: Source {
            kind,
            name: (!sent).then(|| "https://a/b".to_owned()),
            format: "jpeg".to_owned(),
            width: 640,
            height: 480,
            bytes: 54_321,
            animated: sent,
        },
        timing: Timing {
            fetch_ms: 0.25,
            decode_ms: 3.1,
            queue_ms: 0.0,
            inference_ms: 4.4,
            total_ms: 8.0,
        },
        cached: false,
        note: sent.then(|| "Note".to_owned()),
        crop: (!sent).then(|| "data:image/png;base64,".to_owned()),
    }
}

#[test]
fn states_return() {
    for state in states() {
        returns(&summary(state.clone()));
        returns(&ServerStatus {
            queued: 1,
            running: 2,
            answered: 1 << 40,
            refused: 0,
            median_ms: matches!(state, ModelState::Ready).then_some(12.5),
            models: vec![ModelStatus {
                name: "vgg".to_owned(),
                state,
                weights_bytes: Some(553_432_081),
                answered: 5,
                last_minute: 6,
            }],
        });
    }
}

#[test]
fn answers_and_what_comes_before_them_return() {
    let problem = Problem::new(503, "queue_full", "Busy", "Very.");
    for kind in [SourceKind::Upload, SourceKind::Url, SourceKind::Example] {
        returns(&Event::Done(PageAnswer {
            answer: answer(kind),
            ranking: Some(Ranking::new(&[prediction()])),
            why: None,
        }));
    }
    for stage in [
        Stage::Fetching { received: 1, total: Some(2) },
        Stage::Fetching { received: 1, total: None },
        Stage::Decoding,
        Stage::Queued { ahead: 3 },
        Stage::Running,
        Stage::Explaining { done: 1, total: 289 },
    ] {
        returns(&Event::<Vec<String>>::Stage(stage));
    }
    returns(&Event::<String>::Problem(problem.clone().retry_after(3)));
    returns(&Event::Done(HeatMap {
        class: prediction(),
        occlusion: true,
        width: 2,
        levels: vec![0, 1000, 5, 7],
    }));
    // A request that fails at once is answered by the bare problem.
    let bare = serde_json::to_value(&problem).expect("JSON");
    assert_eq!(Event::<PageAnswer>::read(&bare), None);
    returns(&problem);
}

#[test]
fn a_page_returns() {
    let page = PageAnswer {
        answer: answer(SourceKind::Url),
        ranking: None,
        why: Some(("It is red.".to_owned(), String::new())),
    };
    let opened = Opened {
        model: summary(ModelState::Ready),
        others: vec![("flags".to_owned(), "Flags".to_owned())],
        url: Some("https://a/b".to_owned()),
        example: None,
        top_k: Some(7),
        origin: "http://host".to_owned(),
        outcome: Some(Ok(page)),
        rival: Some(("flags".to_owned(), Some(Err(Problem::new(404, "gone", "Gone", "It is."))))),
        held: true,
    };
    returns(&Opened { rival: Some(("flags".to_owned(), None)), outcome: None, ..opened.clone() });
    returns(&opened);
}

#[test]
fn what_is_something_else_is_not_taken() {
    assert_eq!(Prediction::read(&json!({"index": 1, "label": "a"})), None);
    assert_eq!(Prediction::read(&json!("a")), None);
    assert_eq!(Vec::<String>::read(&json!(["a", 1])), None);
    assert_eq!(SourceKind::read(&json!("pigeon")), None);
}
