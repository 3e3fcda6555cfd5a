//! The way of one picture that comes alone.

use app::{
    classify::Request, classify::Watcher, problem::Problem, wire::Classification, wire::Timing,
};

use super::{Ask, Service};
use crate::http::request_log;

impl Service {
    /// Answers one request. Nothing here blocks the thread that it runs on.
    pub(super) async fn answer(
        &self,
        request: Request,
        watcher: Watcher,
    ) -> Result<Classification, Problem> {
        request_log::note(&request.model, Timing::default());
        let visit = self.visit(Ask::one(request.model)).await?;
        visit.classify(request.picture, request.top_k, request.crop, &watcher).await
    }
}
