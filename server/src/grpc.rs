//! The Open Inference Protocol v2 over gRPC, with the standard health service and reflection.

mod guard;
mod health;
mod inference;
mod proto;
mod request;
mod response;

use std::{future::Future, sync::Arc, time::Duration};

use app::problem::Problem;
use futures::{StreamExt, stream};
use tokio::net::TcpListener;
use tonic::{Code, Status, codec::CompressionEncoding, metadata::MetadataValue, transport::Server};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{access::Access, backend::Backend, oip::MAX_BODY};
use guard::Guard;
use health::Health;
use inference::Inference;
use proto::grpc_inference_service_server::GrpcInferenceServiceServer;
use tonic_health::pb::health_server::HealthServer;

/// Requests whose messages are in memory at a time; others wait to be read, which costs nothing.
const MAX_MESSAGES: usize = 32;
/// How often a quiet connection is asked whether there is still somebody.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Answers calls until `stop` is over, and then those under way, of those who have access.
///
/// # Errors
///
/// When the listener breaks.
pub async fn serve(
    backend: Arc<dyn Backend>,
    access: Access,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), tonic::transport::Error> {
    let inference = GrpcInferenceServiceServer::new(Inference::new(Arc::clone(&backend)))
        .max_decoding_message_size(MAX_BODY)
        .accept_compressed(CompressionEncoding::Gzip)
        .accept_compressed(CompressionEncoding::Deflate)
        .send_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Deflate);
    let connections = stream::unfold(listener, |listener| async move {
        let accepted = listener.accept().await.and_then(|(connection, _)| {
            // Or the end of every answer waits until the caller acknowledges its beginning.
            connection.set_nodelay(true).map(|()| connection)
        });
        Some((accepted, listener))
    });
    Server::builder()
        .http2_keepalive_interval(Some(KEEPALIVE))
        .max_concurrent_streams(Some(256))
        .layer(CatchPanicLayer::new())
        .layer(Guard(access))
        .layer(GlobalConcurrencyLimitLayer::new(MAX_MESSAGES))
        .add_service(HealthServer::new(Health::new(backend)))
        .add_service(inference)
        .add_optional_service(proto::reflection())
        .serve_with_incoming_shutdown(connections.boxed(), stop)
        .await
}

/// A problem as a status, with the time to try again beside it.
fn status(problem: &Problem) -> Status {
    let code = match problem.status {
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::NotFound,
        429 => Code::ResourceExhausted,
        503 => Code::Unavailable,
        504 => Code::DeadlineExceeded,
        400..500 => Code::InvalidArgument,
        _ => Code::Internal,
    };
    let mut status = Status::new(code, problem.detail.clone());
    if let Some(seconds) = problem.retry_after {
        status.metadata_mut().insert("retry-after", MetadataValue::from(seconds));
    }
    status
}
