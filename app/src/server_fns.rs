//! What the pages ask of the server, in the browser over HTTP and on the server directly.

mod classify_example;
mod classify_upload;
mod classify_url;
mod models;
#[cfg(feature = "ssr")]
pub(crate) mod service;
mod status;
#[cfg(feature = "ssr")]
mod upload_form;

pub use classify_example::{ClassifyExample, classify_example};
pub use classify_upload::{ClassifyUpload, classify_upload};
pub use classify_url::{ClassifyUrl, classify_url};
pub use models::{Model, Models, model, models};
pub use status::{Labels, Status, labels, status};

#[cfg(test)]
mod tests {
    use leptos::server_fn::ServerFn;

    use super::{ClassifyExample, ClassifyUpload, ClassifyUrl, Labels, Model, Models, Status};

    /// Other programs may call these too, and a proxy may know them by path.
    #[test]
    fn paths_stay_what_they_are() {
        assert_eq!(ClassifyUrl::PATH, "/api/classify_url");
        assert_eq!(ClassifyExample::PATH, "/api/classify_example");
        assert_eq!(ClassifyUpload::PATH, "/api/classify_upload");
        assert_eq!(Models::PATH, "/api/models");
        assert_eq!(Model::PATH, "/api/model");
        assert_eq!(Status::PATH, "/api/status");
        assert_eq!(Labels::PATH, "/api/labels");
    }
}
