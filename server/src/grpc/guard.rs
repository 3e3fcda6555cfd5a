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
