//! A classifier that knows nothing and answers all the same.

use std::{
    io::{Error, ErrorKind},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use app::{
    classify::{Answer, Classifier, Explaining, Picture, Request, Watcher, WhyRequest},
    problem::Problem,
    wire::{
        Classification, ExamplePicture, Explanation, Method, ModelState, ModelStatus, ModelSummary,
        Prediction, ServerStatus, Source, SourceKind, Stage, Timing,
    },
};
use axum::body::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

/// How long the third model takes to get ready.
const LOADING: Duration = Duration::from_secs(20);

/// The examples' titles with their drawings: background and shapes.
const EXAMPLES: [(&str, &str, &str, &str); 4] = [
    ("Japan, waving", "japan.svg", "#fff", r##"<circle cx="60" cy="45" r="24" fill="#bc002d"/>"##),
    (
        "France, on a mast",
        "france.svg",
        "#fff",
        r##"<path d="M0 0h40v90H0z" fill="#002654"/><path d="M80 0h40v90H80z" fill="#ce1126"/>"##,
    ),
    (
        "Sweden, at sea",
        "sweden.svg",
        "#006aa7",
        r##"<path d="M30 0h18v90H30zM0 36h120v18H0z" fill="#fecc00"/>"##,
    ),
    (
        "Not a flag, a tree",
        "tree.svg",
        "#bfe3f2",
        r##"<path d="M56 50h8v30h-8z" fill="#6b4a2b"/><circle cx="60" cy="36" r="24" fill="#2f7d4f"/>"##,
    ),
];

/// Models in every state there is.
#[derive(Debug)]
pub(crate) struct MadeUp {
    since: Instant,
}

impl Default for MadeUp {
    fn default() -> Self {
        Self { since: Instant::now() }
    }
}

impl Classifier for MadeUp {
    fn models(&self) -> Vec<ModelSummary> {
        let loading = match self.since.elapsed() {
            elapsed if elapsed > LOADING => ModelState::Ready,
            _ => ModelState::Loading,
        };
        let absent = ModelState::Absent { hint: "vitrine pull vgg".to_owned() };
        let failed = ModelState::Failed { reason: "The file of weights is cut short.".to_owned() };
        vec![
            model("broken", "Broken", failed, None),
            model("flags", "Flags of the world", ModelState::Ready, None),
            model("slow", "Slow starter", loading, None),
            model("vgg", "VGG-16", absent, Some("flags")),
        ]
    }

    fn model(&self, name: &str) -> Option<ModelSummary> {
        self.models().into_iter().find(|model| model.name == name)
    }

    fn explain(&self, request: WhyRequest, _: Watcher) -> Explaining<'_> {
        Box::pin(async move {
            let class = request.class.and_then(|class| class.parse().ok()).unwrap_or(0);
            // A spot whose place depends on the class.
            let spot = |cell: u32| {
                let (x, y) = ((cell % 14) as f32, (cell / 14) as f32);
                let (dx, dy) = (x - (class % 14) as f32, y - 6.5);
                (-(dx * dx + dy * dy) / 12.0).exp()
            };
            Ok(Explanation {
                model: request.model,
                class: Prediction {
                    index: class,
                    label: format!("Class {class}"),
                    probability: 0.5,
                },
                method: Method::GradCam,
                width: 14,
                height: 14,
                weights: (0..196).map(spot).collect(),
                crop: None,
                overlay: None,
                timing: Timing::default(),
            })
        })
    }

    fn watch(&self, request: Request, watcher: Watcher) -> Answer<'_> {
        Box::pin(async move {
            let Some(model) = self.model(&request.model) else {
                let detail = format!("This server has no model called “{}”.", request.model);
                return Err(Problem::new(404, "model_unknown", "There is no such model", detail));
            };
            if let ModelState::Loading | ModelState::Failed { .. } = model.state {
                let detail = format!("{} cannot answer now.", model.title);
                return Err(
                    Problem::new(503, "not_ready", "The model is not ready", detail).retry_after(2)
                );
            }
            answer(model, request, &watcher).await
        })
    }

    fn status(&self) -> ServerStatus {
        let models = self.models().into_iter().map(|model| ModelStatus {
            weights_bytes: (model.state == ModelState::Ready).then_some(2_345_678),
            answered: 12,
            last_minute: 3,
            name: model.name,
            state: model.state,
        });
        ServerStatus {
            queued: 2,
            running: 1,
            answered: self.since.elapsed().as_secs(),
            refused: 4,
            median_ms: Some(61.4),
            models: models.collect(),
        }
    }

    fn labels(&self, _model: &str) -> Option<Vec<String>> {
        let best = EXAMPLES.iter().map(|it| name(it.0).to_owned());
        let labels: Vec<_> = best.chain(OTHERS.map(str::to_owned)).collect();
        let more = (labels.len()..1000).map(|it| format!("Class {it}"));
        Some(labels.into_iter().chain(more).collect())
    }
}

/// Classes that are always there.
const OTHERS: [&str; 4] = ["Palau", "Bangladesh", "Poland", "Saint Vincent and the Grenadines"];

/// What an example shows, of a title such as `Japan, waving`.
fn name(title: &str) -> &str {
    title.split(", ").next().unwrap_or_default()
}

/// An example picture by file name.
pub(crate) fn drawing(file: &str) -> String {
    let (.., background, shapes) =
        EXAMPLES.into_iter().find(|it| it.1 == file).unwrap_or(EXAMPLES[0]);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90" preserveAspectRatio="xMidYMid slice"><path d="M0 0h120v90H0z" fill="{background}"/>{shapes}</svg>"#
    )
}

async fn answer(
    model: ModelSummary,
    request: Request,
    watcher: &Watcher,
) -> Result<Classification, Problem> {
    let started = Instant::now();
    let mut note = None;
    let (kind, name, bytes, file) = match request.picture {
        Picture::Bytes { bytes, name } => (SourceKind::Upload, name, bytes, "japan.svg"),
        Picture::Url(url) => {
            let bytes = fetch(&url).await?;
            (SourceKind::Url, Some(url), bytes, "france.svg")
        }
        Picture::Example(file) => {
            if file.is_none() {
                note = Some("No picture was given, so this is the first example.".to_owned());
            }
            let file = file.unwrap_or_else(|| EXAMPLES[0].1.to_owned());
            let Some(example) = EXAMPLES.into_iter().find(|example| example.1 == file) else {
                let detail = format!("The model has no example called “{file}”.");
                return Err(Problem::new(404, "no_such_example", "No such example", detail));
            };
            (SourceKind::Example, Some(example.0.to_owned()), Bytes::from("\u{89}PNG"), example.1)
        }
    };
    // As a server that is overloaded for a moment.
    if name.as_deref().is_some_and(|name| name.contains("busy")) && started_lately() {
        return Err(Problem::new(503, "queue_full", "Too busy", "Many are waiting.").retry_after(1));
    }
    let picture = kind == SourceKind::Example
        || bytes.starts_with(b"\xff\xd8")
        || bytes.starts_with(b"\x89PNG");
    if !picture {
        let detail = "It is none of JPEG, PNG, WebP, GIF and BMP.";
        return Err(Problem::new(415, "not_a_picture", "That is not a picture", detail));
    }
    watcher(Stage::Decoding);
    sleep(Duration::from_millis(350)).await;
    let best = EXAMPLES.iter().position(|it| it.1 == file).unwrap_or(0);
    let first = EXAMPLES.len();
    // The best, four that are always next, and then all others, ever less probable.
    let classes =
        std::iter::once(best).chain(first..1000).chain((0..first).filter(|it| *it != best));
    let probability = |place: usize| {
        let best = [0.9134_f32, 0.0412, 0.0187, 0.0051, 0.0004];
        best.get(place).copied().unwrap_or(2e-4 / (place * place) as f32)
    };
    let labels = MadeUp::default().labels("").unwrap_or_default();
    let predictions = classes.enumerate().map(|(place, class)| Prediction {
        index: u32::try_from(class).unwrap_or(0),
        label: labels[class].clone(),
        probability: probability(place),
    });
    let fetch_ms = if kind == SourceKind::Url { 84.2 } else { 0.0 };
    let total_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(Classification {
        fallback_for: model.fallback.is_some().then(|| model.name.clone()),
        model: model.fallback.unwrap_or(model.name),
        predictions: predictions.take(request.top_k).collect(),
        source: Source {
            kind,
            name,
            format: "jpeg".to_owned(),
            width: 320,
            height: 214,
            bytes: 154_321,
            animated: false,
        },
        timing: Timing { fetch_ms, decode_ms: 4.1, queue_ms: 0.08, inference_ms: 61.4, total_ms },
        cached: false,
        note,
        crop: request.crop.then(|| crop(file)),
    })
}

/// True for the first and then every other question.
fn started_lately() -> bool {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    ASKED.fetch_add(1, Ordering::Relaxed).is_multiple_of(2)
}

/// Percent-encoding keeps this free of a base64 crate.
fn crop(file: &str) -> String {
    let svg = drawing(file).replace("viewBox=\"0 0 120 90\"", "viewBox=\"15 0 90 90\"");
    let encoded = svg.replace('%', "%25").replace('#', "%23").replace('"', "'").replace('<', "%3C");
    format!("data:image/svg+xml,{}", encoded.replace('>', "%3E").replace(' ', "%20"))
}

/// Fetches by plain HTTP from this machine only.
async fn fetch(url: &str) -> Result<Bytes, Problem> {
    let address = url.strip_prefix("http://").and_then(|rest| rest.split_once('/'));
    let Some((host, path)) = address.filter(|(host, _)| host.starts_with("127.0.0.1:")) else {
        let detail = "The preview fetches only from http://127.0.0.1.";
        return Err(Problem::new(403, "url_not_allowed", "That address is off limits", detail));
    };
    let exchange = async {
        let mut stream = TcpStream::connect(host).await?;
        let request = format!("GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await?;
        let end =
            response.windows(4).position(|it| it == b"\r\n\r\n").ok_or(ErrorKind::InvalidData)?;
        Ok::<_, Error>((response[9..12].to_vec(), Bytes::from(response[end + 4..].to_vec())))
    };
    let failed = |detail: String| {
        Problem::new(502, "fetch_failed", "The picture could not be fetched", detail)
    };
    match timeout(Duration::from_secs(5), exchange).await {
        Ok(Ok((status, body))) if status == b"200" => Ok(body),
        Ok(Ok((status, _))) => {
            Err(failed(format!("The address answered {}.", String::from_utf8_lossy(&status))))
        }
        Ok(Err(error)) => Err(failed(format!("The address did not answer: {error}."))),
        Err(_) => Err(failed("The address took too long to answer.".to_owned())),
    }
}

fn model(name: &str, title: &str, state: ModelState, fallback: Option<&str>) -> ModelSummary {
    let examples = EXAMPLES.map(|(title, file, ..)| ExamplePicture {
        file: file.to_owned(),
        path: format!("/examples/{file}"),
        title: title.to_owned(),
        credit: "drawn for the preview, CC0".to_owned(),
    });
    ModelSummary {
        name: name.to_owned(),
        title: title.to_owned(),
        description:
            "Says what a picture most probably shows. It learned from a great many pictures, each \
             of which somebody had named before."
                .to_owned(),
        compute: None,
        architecture: "vgg16".to_owned(),
        input_size: 224,
        classes: 1000,
        licence: "CC BY 4.0".to_owned(),
        state,
        outdated: false,
        fallback: fallback.map(str::to_owned),
        examples: examples.into(),
        max_upload: 10_000_000,
    }
}
