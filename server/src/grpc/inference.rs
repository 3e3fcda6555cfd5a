//! The calls.

use std::{pin::Pin, sync::Arc, time::Instant};

use app::{problem::Problem, wire::ModelSummary};
use futures::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};

use super::{
    proto::{
        ModelConfigRequest, ModelConfigResponse, ModelInferRequest, ModelInferResponse,
        ModelMetadataRequest, ModelMetadataResponse, ModelReadyRequest, ModelReadyResponse,
        ModelStatisticsRequest, ModelStatisticsResponse, ModelStreamInferResponse,
        RepositoryIndexRequest, RepositoryIndexResponse, RepositoryModelLoadRequest,
        RepositoryModelLoadResponse, RepositoryModelUnloadRequest, RepositoryModelUnloadResponse,
        ServerLiveRequest, ServerLiveResponse, ServerMetadataRequest, ServerMetadataResponse,
        ServerReadyRequest, ServerReadyResponse,
        grpc_inference_service_server::GrpcInferenceService, repository_index_response::ModelIndex,
    },
    request, response, status,
};
use crate::{
    access::{self, Tab},
    backend::Backend,
    oip::{self, check_version},
    service::faults,
};

type Answer<T> = Result<Response<T>, Status>;

/// The service.
pub(super) struct Inference {
    backend: Arc<dyn Backend>,
}

impl Inference {
    pub(super) fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend }
    }

    fn find(&self, model: &str, version: &str) -> Result<ModelSummary, Status> {
        let found = self.backend.model(model).ok_or_else(|| status(&faults::unknown_model(model)));
        check_version(model, version).map_err(|problem| status(&problem)).and(found)
    }
}

/// Answers one request, and writes its line in the log.
async fn infer(
    backend: &dyn Backend,
    message: ModelInferRequest,
) -> Result<ModelInferResponse, Problem> {
    let start = Instant::now();
    let (model, version) = (message.model_name.clone(), message.model_version.clone());
    let answered = match request::request(message) {
        Ok(request) => oip::infer(backend, &model, &version, request).await,
        Err(problem) => Err(problem),
    };
    let ms = start.elapsed().as_micros() as f64 / 1000.0;
    let code = answered.as_ref().err().map_or("ok", |problem| problem.code.as_str());
    tracing::info!(model, code, ms, "ModelInfer");
    answered.map(response::answer)
}

#[tonic::async_trait]
impl GrpcInferenceService for Inference {
    async fn server_live(&self, _: Request<ServerLiveRequest>) -> Answer<ServerLiveResponse> {
        Ok(Response::new(ServerLiveResponse { live: self.backend.readiness().live() }))
    }

    async fn server_ready(&self, _: Request<ServerReadyRequest>) -> Answer<ServerReadyResponse> {
        Ok(Response::new(ServerReadyResponse { ready: self.backend.readiness().ready }))
    }

    async fn model_ready(&self, ask: Request<ModelReadyRequest>) -> Answer<ModelReadyResponse> {
        let ModelReadyRequest { name, version } = ask.into_inner();
        let ready = oip::metadata::is_ready(&self.find(&name, &version)?.state);
        Ok(Response::new(ModelReadyResponse { ready }))
    }

    async fn server_metadata(
        &self,
        _: Request<ServerMetadataRequest>,
    ) -> Answer<ServerMetadataResponse> {
        let server = oip::metadata::server();
        Ok(Response::new(ServerMetadataResponse {
            name: server.name.to_owned(),
            version: server.version.to_owned(),
            extensions: server.extensions.map(str::to_owned).to_vec(),
        }))
    }

    async fn model_metadata(
        &self,
        ask: Request<ModelMetadataRequest>,
    ) -> Answer<ModelMetadataResponse> {
        let ModelMetadataRequest { name, version } = ask.into_inner();
        let metadata = oip::metadata::model(&self.find(&name, &version)?);
        Ok(Response::new(response::metadata(metadata)))
    }

    async fn model_infer(&self, ask: Request<ModelInferRequest>) -> Answer<ModelInferResponse> {
        let answered = infer(&*self.backend, ask.into_inner()).await;
        answered.map(Response::new).map_err(|problem| status(&problem))
    }

    type ModelStreamInferStream =
        Pin<Box<dyn Stream<Item = Result<ModelStreamInferResponse, Status>> + Send>>;

    async fn model_stream_infer(
        &self,
        ask: Request<Streaming<ModelInferRequest>>,
    ) -> Answer<Self::ModelStreamInferStream> {
        let backend = Arc::clone(&self.backend);
        // The stream outlives this call, which the client is known by.
        let tab = access::current();
        let answers = ask.into_inner().then(move |message| {
            let (backend, tab) = (Arc::clone(&backend), tab.clone());
            async move {
                let message = message?;
                let id = message.id.clone();
                let taken = tab.as_ref().map(Tab::take).transpose();
                let answered = match taken {
                    Ok(_) => access::charging(tab, infer(&*backend, message)).await,
                    Err(refusal) => Err(refusal.problem),
                };
                let streamed = match answered {
                    Ok(answer) => ModelStreamInferResponse {
                        error_message: String::new(),
                        infer_response: Some(answer),
                    },
                    // The stream goes on, and the id says which request failed.
                    Err(problem) => ModelStreamInferResponse {
                        error_message: problem.detail,
                        infer_response: Some(ModelInferResponse { id, ..Default::default() }),
                    },
                };
                Ok(streamed)
            }
        });
        Ok(Response::new(answers.boxed()))
    }

    async fn model_config(&self, ask: Request<ModelConfigRequest>) -> Answer<ModelConfigResponse> {
        let ModelConfigRequest { name, version } = ask.into_inner();
        let model = self.find(&name, &version)?;
        let config = oip::config::config(&model, self.backend.max_pictures());
        Ok(Response::new(ModelConfigResponse { config: Some(response::config(config)) }))
    }

    async fn model_statistics(
        &self,
        ask: Request<ModelStatisticsRequest>,
    ) -> Answer<ModelStatisticsResponse> {
        let ModelStatisticsRequest { name, version } = ask.into_inner();
        let statistics = oip::statistics::statistics(&*self.backend, &name, &version);
        let statistics = statistics.map_err(|problem| status(&problem))?;
        Ok(Response::new(response::statistics(statistics)))
    }

    async fn repository_index(
        &self,
        ask: Request<RepositoryIndexRequest>,
    ) -> Answer<RepositoryIndexResponse> {
        let models = oip::index(&*self.backend, ask.into_inner().ready).into_iter();
        let models = models.map(|entry| ModelIndex {
            name: entry.name,
            version: entry.version.to_owned(),
            state: entry.state.to_owned(),
            reason: entry.reason,
        });
        Ok(Response::new(RepositoryIndexResponse { models: models.collect() }))
    }

    async fn repository_model_load(
        &self,
        _: Request<RepositoryModelLoadRequest>,
    ) -> Answer<RepositoryModelLoadResponse> {
        Err(status(&oip::control_refused()))
    }

    async fn repository_model_unload(
        &self,
        _: Request<RepositoryModelUnloadRequest>,
    ) -> Answer<RepositoryModelUnloadResponse> {
        Err(status(&oip::control_refused()))
    }
}
