//! The standard health service: `grpc.health.v1`.

use std::{pin::Pin, sync::Arc, time::Duration};

use futures::{Stream, StreamExt, stream};
use tonic::{Request, Response, Status};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus, health_server,
};

use crate::{backend::Backend, oip::metadata::is_ready};

/// How often the state is looked at for those who watch it.
const STEP: Duration = Duration::from_millis(500);
/// The service that clients ask about, besides the server as a whole.
const INFERENCE: &str = "inference.GRPCInferenceService";

/// Answers for the server as a whole, for the inference service, and for each model by its name.
pub(super) struct Health {
    backend: Arc<dyn Backend>,
}

impl Health {
    pub(super) fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend }
    }
}

fn serving(backend: &dyn Backend, service: &str) -> Option<ServingStatus> {
    let readiness = backend.readiness();
    let ready = match service {
        "" | INFERENCE => readiness.ready,
        model => readiness.ready && is_ready(readiness.models.get(model)?),
    };
    Some(if ready { ServingStatus::Serving } else { ServingStatus::NotServing })
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}

#[tonic::async_trait]
impl health_server::Health for Health {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        match serving(&*self.backend, &service) {
            Some(status) => Ok(Response::new(response(status))),
            None => Err(Status::not_found(format!("there is no service or model {service:?}"))),
        }
    }

    type WatchStream =
        Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send + 'static>>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let service = request.into_inner().service;
        let changes = stream::unfold((Arc::clone(&self.backend), None), move |(backend, last)| {
            let service = service.clone();
            async move {
                loop {
                    let status =
                        serving(&*backend, &service).unwrap_or(ServingStatus::ServiceUnknown);
                    if last != Some(status) {
                        return Some((Ok(response(status)), (backend, Some(status))));
                    }
                    tokio::time::sleep(STEP).await;
                }
            }
        });
        Ok(Response::new(changes.boxed()))
    }
}
