//! A classifier that remembers what it was asked and answers by the name of the model.

use std::{collections::BTreeMap, sync::Mutex};

use app::{
    classify::{Answer, Classifier, Explaining, Request, Watcher, WhyRequest},
    problem::Problem,
    wire::{
        Classification, ExamplePicture, Explanation, Method, ModelState, ModelSummary, Prediction,
        Source, SourceKind, Timing,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use server::{
    backend::{Backend, Loading, Readiness, Requests, Visiting},
    service::{Ask, ModelStatistics},
};

#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) asked: Mutex<Vec<Request>>,
    /// How things stand, if not well.
    pub(crate) standing: Option<Readiness>,
}

impl Fake {
    pub(crate) fn standing() -> Readiness {
        let models = Self::default().models().into_iter().map(|model| (model.name, model.state));
        Readiness {
            ready: true,
            worker: "ready",
            reason: None,
            models: models.collect(),
            requests: Requests::default(),
        }
    }
}

/// The smallest PNG: one pixel.
pub(crate) const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\
    \x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\
    \xaeB`\x82";

fn summary(name: &str, state: ModelState, fallback: Option<&str>) -> ModelSummary {
    ModelSummary {
        name: name.into(),
        title: format!("The model {name}"),
        description: "Made up.".into(),
        compute: None,
        architecture: "vgg16".into(),
        input_size: 224,
        classes: 3,
        licence: "MIT".into(),
        state,
        outdated: false,
        fallback: fallback.map(Into::into),
        examples: vec![ExamplePicture {
            file: "one.png".into(),
            path: format!("/models/{name}/one.png"),
            title: "One".into(),
            credit: "nobody, CC0".into(),
        }],
        max_upload: crate::MAX_UPLOAD,
    }
}

impl Classifier for Fake {
    fn models(&self) -> Vec<ModelSummary> {
        vec![
            summary("flags", ModelState::Ready, None),
            summary("vgg", ModelState::Absent { hint: "vitrine pull vgg".into() }, Some("flags")),
        ]
    }

    fn model(&self, name: &str) -> Option<ModelSummary> {
        self.models().into_iter().find(|model| model.name == name)
    }

    fn explain(&self, request: WhyRequest, _: Watcher) -> Explaining<'_> {
        Box::pin(async move {
            let overlay = format!("data:image/png;base64,{}", STANDARD.encode(PIXEL));
            Ok(Explanation {
                model: "flags".into(),
                class: Prediction { index: 2, label: "Japan <JP>".into(), probability: 0.75 },
                method: Method::GradCam,
                width: 2,
                height: 1,
                weights: vec![0.0, 1.0],
                crop: None,
                overlay: request.overlay.then_some(overlay),
                timing: Timing::default(),
            })
        })
    }

    fn watch(&self, request: Request, _: Watcher) -> Answer<'_> {
        self.asked.lock().unwrap().push(request.clone());
        Box::pin(async move {
            let busy =
                Problem::new(503, "queue_full", "Too busy at the moment", "Try <b>later</b>.");
            match request.model.as_str() {
                "busy" => Err(busy.retry_after(7)),
                "panics" => panic!("a secret"),
                model => Ok(Classification {
                    model: "flags".into(),
                    fallback_for: (model != "flags").then(|| model.into()),
                    predictions: vec![
                        Prediction { index: 2, label: "Japan <JP>".into(), probability: 0.75 },
                        Prediction { index: 0, label: "Palau (PW)".into(), probability: 0.2 },
                    ],
                    source: Source {
                        kind: SourceKind::Upload,
                        name: None,
                        format: "png".into(),
                        width: 1,
                        height: 1,
                        bytes: 70,
                        animated: false,
                    },
                    timing: Timing { decode_ms: 1.5, total_ms: 3.25, ..Timing::default() },
                    cached: false,
                    note: None,
                    crop: request.crop.then(|| "data:image/jpeg;base64,AAAA".into()),
                }),
            }
        })
    }
}

impl Backend for Fake {
    fn example(&self, model: &str, file: &str) -> Option<Bytes> {
        (model == "flags" && file == "one.png").then(|| Bytes::from_static(PIXEL))
    }

    // What lets several pictures in is tested with a real service.
    fn visit(&self, _: Ask) -> Visiting<'_> {
        let refused = self.refuse();
        Box::pin(async { Err(refused) })
    }

    fn max_pictures(&self) -> usize {
        4
    }

    fn statistics(&self) -> BTreeMap<String, ModelStatistics> {
        BTreeMap::new()
    }

    fn load<'a>(&'a self, _: &'a str) -> Loading<'a> {
        Box::pin(async { Ok(()) })
    }

    fn unload(&self, _: &str) -> Result<(), Problem> {
        Ok(())
    }

    fn refuse(&self) -> Problem {
        Problem::new(503, "queue_full", "Too busy at the moment", "Try later.").retry_after(1)
    }

    fn readiness(&self) -> Readiness {
        self.standing.clone().unwrap_or_else(Self::standing)
    }
}
