//! Routes that are copied once for a request.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::routing::Route;
use tower::{Service, ServiceExt, util::Oneshot};

use super::{HttpRequest, HttpResponse};

/// A route behind a pointer. Each layer around a route copies all that is inside it for every request, and
/// a route is a box with boxes in it: so the copies are of the pointer, but for the innermost.
#[derive(Debug, Clone)]
pub(super) struct Once(Arc<Route>);

impl Once {
    pub(super) fn new(route: Route) -> Self {
        Self(Arc::new(route))
    }
}

impl Service<HttpRequest> for Once {
    type Response = HttpResponse;
    type Error = Infallible;
    type Future = Oneshot<Route, HttpRequest>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest) -> Self::Future {
        Route::clone(&self.0).oneshot(request)
    }
}
