//! Files that are no page.

use std::{env, fs, net::SocketAddr, path::Path as FilePath};

use axum::{
    extract::{Path, RawQuery, State},
    response::IntoResponse,
};
use http::{
    HeaderMap, HeaderValue, Uri,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use leptos::prelude::LeptosOptions;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::{AppState, HttpRequest, HttpResponse, accept::Format, problem, thumbnail::thumbnail};
use crate::service::faults;

/// Where the names of the page's files stand, written by the build that made them.
const NAMES: &str = "hash.txt";

/// What leptos has to know of the folder with the files for the browser.
///
/// Their names hold a hash of their content. Which they are stands in a file that the build puts
/// into the folder `site` of its target folder, so that there is one for the one set of files
/// whichever kind of build made it. Where that file or what it names is missing, the plain names
/// are used.
pub fn leptos_options(site: &FilePath, address: SocketAddr) -> LeptosOptions {
    let beside = env::current_exe().ok();
    let beside = beside.as_deref().and_then(FilePath::parent);
    let places = [
        Some(site.join(NAMES)),
        beside.map(|it| it.join("../site").join(NAMES)),
        beside.map(|it| it.join(NAMES)),
    ];
    let here = env::current_dir().unwrap_or_default();
    let names = places.into_iter().flatten().map(|it| here.join(it)).find(|it| fits(it, site));
    if names.is_none() && !site.join("pkg/vitrine.js").is_file() {
        tracing::warn!(
            "{} does not hold the files of the page, which works without them but does not react; \
             `cargo leptos build` makes them",
            site.display()
        );
    }
    LeptosOptions::builder()
        .output_name("vitrine")
        .site_root(site.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(address)
        .reload_port(2018)
        .hash_files(names.is_some())
        .hash_file(names.map_or_else(|| NAMES.into(), |it| it.to_string_lossy().into()))
        .build()
}

/// Whether every file that is named there is in the folder.
fn fits(names: &FilePath, site: &FilePath) -> bool {
    let Ok(names) = fs::read_to_string(names) else { return false };
    let mut names = names.lines().filter_map(|line| line.split_once(": ")).peekable();
    names.peek().is_some()
        && names.all(|(kind, hash)| site.join(format!("pkg/vitrine.{hash}.{kind}")).is_file())
}

/// An example picture of a model; a small version of it if the query says `thumbnail`.
pub(super) async fn example(
    State(state): State<AppState>,
    Path((model, file)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> HttpResponse {
    let Some(bytes) = state.backend.example(&model, &file) else {
        let problem = faults::no_example(&model, Some(&file));
        return problem::respond(&problem, Format::accepted(&headers));
    };
    let wishes = query.unwrap_or_default();
    let small = url::form_urlencoded::parse(wishes.as_bytes()).any(|(name, _)| name == "thumbnail");
    let bytes = if small { thumbnail(format!("{model}/{file}"), bytes).await } else { bytes };
    let kind = image::guess_format(&bytes).map_or("application/octet-stream", |f| f.to_mime_type());
    let cache = HeaderValue::from_static("public, max-age=3600");
    ([(CONTENT_TYPE, HeaderValue::from_static(kind)), (CACHE_CONTROL, cache)], bytes)
        .into_response()
}

/// A file that has to stand at the top, where it would otherwise be taken for a model.
pub(super) async fn top_level(
    State(state): State<AppState>,
    uri: Uri,
    request: HttpRequest,
) -> HttpResponse {
    let file = format!("{}{}", state.leptos.site_root, uri.path());
    ServeFile::new(file)
        .precompressed_br()
        .precompressed_gzip()
        .oneshot(request)
        .await
        .into_response()
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    #[test]
    fn names_with_hashes_are_used_if_the_files_are_there() -> Result<(), Box<dyn Error>> {
        let site = tempfile::tempdir()?;
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        fs::create_dir(site.path().join("pkg"))?;
        assert!(!leptos_options(site.path(), address).hash_files, "there is nothing");
        fs::write(site.path().join(NAMES), "js: aaa\ncss: bbb")?;
        assert!(!leptos_options(site.path(), address).hash_files, "they are of another build");
        for file in ["pkg/vitrine.aaa.js", "pkg/vitrine.bbb.css"] {
            fs::write(site.path().join(file), "")?;
        }
        let options = leptos_options(site.path(), address);
        assert!(options.hash_files);
        assert_eq!(FilePath::new(&*options.hash_file), site.path().join(NAMES));
        Ok(())
    }
}
