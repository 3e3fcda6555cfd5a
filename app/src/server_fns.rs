//! What the pages ask of the server, in the browser over HTTP and on the server directly.

mod classify;
mod models;
#[cfg(feature = "ssr")]
mod picture_form;
#[cfg(feature = "ssr")]
pub(crate) mod service;
mod status;
#[cfg(feature = "ssr")]
mod watched;
mod why;

pub use classify::{Classify, classify};
pub use models::{Model, Models, model, models};
pub use status::{Labels, Status, labels, status};
pub use why::{Why, why};

#[cfg(test)]
mod tests {
    use leptos::server_fn::ServerFn;

    use super::{Classify, Labels, Model, Models, Status, Why};

    /// Other programs may call these too, and a proxy may know them by path.
    #[test]
    fn paths_stay_what_they_are() {
        assert_eq!(Classify::PATH, "/api/classify");
        assert_eq!(Why::PATH, "/api/why");
        assert_eq!(Models::PATH, "/api/models");
        assert_eq!(Model::PATH, "/api/model");
        assert_eq!(Status::PATH, "/api/status");
        assert_eq!(Labels::PATH, "/api/labels");
    }
}
