//! KServe's protocol v1, which is TensorFlow Serving's.

mod instance;

use app::{problem::Problem, wire::Timing};
use axum::{
    Json, Router,
    extract::{Path, State},
    response::IntoResponse,
    routing::get,
};
use futures::future::try_join_all;
use http::{HeaderMap, HeaderValue, Uri, header::ALLOW};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    AppState, HttpRequest, HttpResponse, accept::Format, input::collect, oip as v2, problem,
    request_log,
};
use crate::{
    object::object,
    oip::{self, MAX_BODY, VERSION, check_version},
    service::{Ask, Scored, faults},
};
use instance::Instance;

/// What is asked.
#[derive(Deserialize)]
struct Body {
    /// Pictures as `{"b64": …}`, or prepared tensors as nested arrays.
    instances: Vec<Instance>,
}

/// What is said of one instance. The names are those of outputs, as in TensorFlow Serving.
#[derive(Serialize, ToSchema)]
#[schema(as = V1Prediction)]
pub(super) struct Prediction {
    /// The most probable class.
    label: String,
    /// Its place in the list of labels, from 0.
    index: usize,
    /// The probabilities of all classes, in the order of the labels.
    probabilities: Vec<f32>,
}

#[derive(Deserialize)]
struct Address {
    /// Perhaps with a colon and what to do behind it.
    model: String,
    /// Likewise; empty for whichever there is.
    #[serde(default)]
    version: String,
}

/// Everything below `/v1`.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(alive))
        .route("/models", get(list))
        .route("/models/{model}", get(ready).post(act))
        .route("/models/{model}/versions/{version}", get(ready).post(act))
        .fallback(v2::unknown_path)
        .method_not_allowed_fallback(other_method)
}

/// What KServe says at its root, where there is a page here.
async fn alive() -> HttpResponse {
    Json(json!({ "status": "alive" })).into_response()
}

async fn list(State(state): State<AppState>) -> HttpResponse {
    let names: Vec<String> = state.backend.models().into_iter().map(|model| model.name).collect();
    Json(json!({ "models": names })).into_response()
}

/// A known path, by another method. Which methods it takes depends on what stands behind the colon,
/// of which a router knows nothing.
async fn other_method(uri: Uri, headers: HeaderMap) -> HttpResponse {
    let calls = uri.path().ends_with(":predict");
    let mut response = v2::other_method(headers).await;
    let allowed = HeaderValue::from_static(if calls { "POST" } else { "GET,HEAD" });
    response.headers_mut().insert(ALLOW, allowed);
    response
}

/// Whether a model is ready, in KServe's words and in TensorFlow Serving's.
async fn ready(
    State(state): State<AppState>,
    Path(Address { model, version }): Path<Address>,
    uri: Uri,
    headers: HeaderMap,
) -> HttpResponse {
    if uri.path().ends_with(":predict") {
        return other_method(uri, headers).await;
    }
    let found = state.backend.model(&model).ok_or_else(|| faults::unknown_model(&model));
    match found.and_then(|found| check_version(&model, &version).map(|()| found.state)) {
        Ok(state) if oip::metadata::is_ready(&state) => {
            let status = json!({ "error_code": "OK", "error_message": "" });
            let version = json!({ "version": VERSION, "state": "AVAILABLE", "status": status });
            let answer = json!({ "name": model, "ready": true, "model_version_status": [version] });
            Json(answer).into_response()
        }
        Ok(state) => problem::respond(&faults::not_ready(&model, &state), Format::Json),
        Err(problem) => problem::respond(&problem, Format::Json),
    }
}

/// `POST /v1/models/{model}:predict`
async fn act(
    State(state): State<AppState>,
    Path(Address { model, version }): Path<Address>,
    request: HttpRequest,
) -> HttpResponse {
    let last = if version.is_empty() { &model } else { &version };
    if !last.contains(':') {
        return other_method(request.uri().clone(), request.headers().clone()).await;
    }
    let Some((target, "predict")) = last.rsplit_once(':') else {
        let detail = "There is only predict: POST /v1/models/MODEL:predict.";
        let problem = Problem::new(404, "call_unknown", "No such call", detail);
        return problem::respond(&problem, Format::Json);
    };
    let (name, version) = if version.is_empty() { (target, "") } else { (&*model, target) };
    request_log::note(name, Timing::default());
    match predict(&state, name, version, request).await {
        Ok(predictions) => Json(json!({ "predictions": predictions })).into_response(),
        Err(problem) => problem::respond(&problem, Format::Json),
    }
}

async fn predict(
    state: &AppState,
    model: &str,
    version: &str,
    request: HttpRequest,
) -> Result<Vec<Prediction>, Problem> {
    if state.backend.model(model).is_none() {
        return Err(faults::unknown_model(model));
    }
    check_version(model, version)?;
    v2::plain(request.headers())?;
    let body = collect(request.into_body(), MAX_BODY as u64).await?;
    let parsed = tokio::task::spawn_blocking(move || object(&body));
    let Body { instances } = parsed.await.map_err(|_| faults::bug())?.map_err(|error| {
        oip::malformed(format!("The JSON cannot be read: {error}. It must hold instances."))
    })?;
    let ask = Ask { stand_in: false, ..Ask::many(model, instances.len()) };
    let visit = state.backend.visit(ask).await?;
    let card = visit.card();
    let items: Vec<_> = instances
        .into_iter()
        .map(|instance| instance.item(card.preprocess.size))
        .collect::<Result<_, _>>()
        .map_err(|problem| visit.spoil(problem))?;
    let scores = try_join_all(items.into_iter().map(|item| visit.score(item))).await?;
    let prediction = |Scored { probabilities, .. }| {
        let best = vision::prediction::top_k(&probabilities, &card.labels, 1).pop();
        let (label, index) = best.map_or((String::new(), 0), |best| (best.label, best.index));
        Prediction { label, index, probabilities }
    };
    Ok(scores.into_iter().map(prediction).collect())
}
