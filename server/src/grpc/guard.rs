//! Who may call, and how often: the rules that HTTP has, too.

use std::{
    net::{IpAddr, Ipv4Addr},
    task::{Context, Poll},
};

use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};
use http::{Request, Response};
use tonic::transport::server::TcpConnectInfo;
use tower::{Layer, Service};

use super::status;
use crate::access::{self, Access};

/// Puts the rules in front of a service.
#[derive(Debug, Clone)]
pub(super) struct Guard(pub(super) Access);

/// A service behind the rules.
#[derive(Debug, Clone)]
pub(super) struct Guarded<S> {
    access: Access,
    service: S,
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, service: S) -> Guarded<S> {
        Guarded { access: self.0.clone(), service }
    }
}

impl<S, Message, Answer> Service<Request<Message>> for Guarded<S>
where
    S: Service<Request<Message>, Response = Response<Answer>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    Answer: Default + Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<Message>) -> Self::Future {
        let peer = request.extensions().get::<TcpConnectInfo>();
        let peer = peer.and_then(TcpConnectInfo::remote_addr);
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        match self.access.check(request.method(), request.uri(), request.headers(), peer) {
            Ok(grant) => access::charging(grant.tab, self.service.call(request)).boxed(),
            Err(refusal) => ready(Ok(status(&refusal.problem).into_http())).boxed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, fs, sync::Arc};

    use tower::{ServiceExt, service_fn};

    use super::*;
    use crate::access::{KeyRing, current, entry, generate};

    /// The `grpc-status` that a call gets; `None` if it is let through. The service behind the rules
    /// says whether further pictures would be charged to anybody.
    async fn call(access: &Access, name: &str, key: &str) -> (Option<String>, bool) {
        let service = service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(current().is_some()))
        });
        let request = Request::post(format!("/inference.GRPCInferenceService/{name}"));
        let request = request.header("x-api-key", key).body(()).expect("a request");
        let guarded = Guard(access.clone()).layer(service);
        let response = guarded.oneshot(request).await.expect("infallible");
        let code = response.headers().get("grpc-status");
        let code = code.map(|code| code.to_str().expect("a number").to_owned());
        (code, response.into_body())
    }

    #[tokio::test]
    async fn a_rate_counts_pictures_and_neither_probes_nor_streams_as_such() {
        let access = Access { rate: Some("1/h".parse().expect("a rate")), ..Access::default() };
        assert_eq!(call(&access, "ModelInfer", "").await, (None, true));
        assert_eq!(call(&access, "ModelInfer", "").await.0.as_deref(), Some("8"));
        for free in ["ServerLive", "ModelMetadata", "ModelStreamInfer"] {
            assert_eq!(call(&access, free, "").await, (None, true), "{free}");
        }
        // Without a rate it is known all the same whose request it is.
        assert_eq!(call(&Access::default(), "ModelInfer", "").await, (None, true));
    }

    #[tokio::test]
    async fn without_a_key_only_probes_are_answered() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("keys.toml");
        let key = generate().expect("a key");
        fs::write(&file, entry("alice", &key)).expect("a file");
        let keys = Some(Arc::new(KeyRing::read(&file).expect("keys")));
        let access = Access { keys, ..Access::default() };
        for name in ["ModelInfer", "ModelStreamInfer", "ModelMetadata", "RepositoryIndex"] {
            assert_eq!(call(&access, name, "wrong").await.0.as_deref(), Some("16"), "{name}");
            assert_eq!(call(&access, name, &key).await.0, None, "{name}");
        }
        let probe = Request::post("/grpc.health.v1.Health/Check").body(()).expect("a request");
        let service = service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(String::from("served")))
        });
        let answer = Guard(access).layer(service).oneshot(probe).await.expect("infallible");
        assert_eq!(answer.into_body(), "served");
    }
}
