//! What a model's page opens with.

use serde::{Deserialize, Serialize};

use crate::{asking::Outcome, wire::ModelSummary};

/// Which model's page is visited, and with which question in its address.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Visit {
    /// Name of the model.
    pub(crate) model: String,
    /// `?url=`
    pub(crate) url: Option<String>,
    /// `?example=`
    pub(crate) example: Option<String>,
    /// `?top_k=`
    pub(crate) top_k: Option<u32>,
    /// `?compare=`
    pub(crate) compare: Option<String>,
    /// `?why=` and `?class=`: the class to be explained, and none for the best one.
    pub(crate) why: Option<Option<String>>,
}

/// A model's page before the visitor has done anything on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Opened {
    /// The model.
    pub(crate) model: ModelSummary,
    /// Names and titles of the other models.
    pub(crate) others: Vec<(String, String)>,
    /// The address that was asked about.
    pub(crate) url: Option<String>,
    /// The example that was asked about, by file name.
    pub(crate) example: Option<String>,
    /// How many classes to show.
    pub(crate) top_k: Option<u32>,
    /// The origin of the page, as far as the server knows it.
    pub(crate) origin: String,
    /// The answer that the page comes with.
    pub(crate) outcome: Option<Outcome>,
    /// The model to compare with, and its answer.
    pub(crate) rival: Option<(String, Option<Outcome>)>,
    /// Whether the question in the address awaits a click.
    pub(crate) held: bool,
}

#[cfg(feature = "ssr")]
pub(crate) use ssr::open;

#[cfg(feature = "ssr")]
mod ssr {
    use std::sync::Arc;

    use futures::future::join;
    use http::{HeaderMap, header, request::Parts};
    use leptos::prelude::use_context;

    use super::{Opened, Visit};
    use crate::{
        asking::Outcome,
        classify::{Picture, Posted, WhyRequest},
        problem::Problem,
        server_fns::service,
        status::page_status,
        texts,
        wire::{MAX_SHOWN, Method, PageAnswer},
    };

    /// Gathers what the page needs: takes the outcome of a posted form from the context, or
    /// answers the question in the address, and sets the status of the response.
    pub(crate) async fn open(visit: Visit) -> Result<Opened, Problem> {
        let fault = |it: &Problem| page_status(it.status);
        let model = service::model(&visit.model).inspect_err(fault)?;
        let models = service::classifier()?.models();
        let others: Vec<_> = models
            .into_iter()
            .filter(|it| it.name != model.name)
            .map(|it| (it.name, it.title))
            .collect();
        let compare = visit.compare.clone();
        let rival = compare.filter(|name| others.iter().any(|(other, _)| other == name));
        let headers = use_context::<Parts>().map(|it| it.headers).unwrap_or_default();
        let asked = asked(visit, from_elsewhere(&headers));
        let (mut outcome, second) = answer(&model.name, rival.as_deref(), &asked).await;
        if let Some(Err(problem)) = &outcome {
            page_status(problem.status);
        }
        if let (Some(Ok(page)), Some(class), Some(picture)) =
            (&mut outcome, &asked.why, &asked.picture)
        {
            page.why = Some(explain(&page.answer.model, class.clone(), picture.clone()).await);
        }
        let given =
            outcome.as_ref().and_then(|it| it.as_ref().ok()).filter(|_| asked.posted.is_some());
        Ok(Opened {
            others,
            // A form says by the length of its answer how many classes it asked for.
            top_k: asked.top_k.or(given.map(|it| it.answer.predictions.len() as u32)),
            origin: origin(&headers),
            url: asked.url,
            example: asked.example,
            outcome,
            rival: rival.map(|name| (name, second)),
            held: asked.held,
            model,
        })
    }

    struct Asked {
        url: Option<String>,
        example: Option<String>,
        picture: Option<Picture>,
        posted: Option<Outcome>,
        top_k: Option<u32>,
        why: Option<Option<String>>,
        held: bool,
    }

    fn asked(visit: Visit, elsewhere: bool) -> Asked {
        let top_k = visit.top_k.map(|it| it.clamp(1, MAX_SHOWN));
        if let Some(Posted { picture, outcome, why }) = use_context::<Posted>() {
            let url = match &picture {
                Some(Picture::Url(url)) => Some(url.clone()),
                _ => None,
            };
            let posted = Some(outcome.map(PageAnswer::from));
            return Asked { url, example: None, picture, posted, top_k, why, held: false };
        }
        // A form that is sent with an empty field leaves `?url=` behind.
        let filled =
            |text: Option<String>| text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        let (url, example) = (filled(visit.url), filled(visit.example));
        let picture = match (&url, &example) {
            (Some(url), _) => Some(Picture::Url(url.clone())),
            (None, Some(example)) => Some(Picture::Example(Some(example.clone()))),
            (None, None) => None,
        };
        let held = elsewhere && picture.is_some();
        let picture = picture.filter(|_| !held);
        Asked { url, example, picture, posted: None, top_k, why: visit.why, held }
    }

    async fn answer(
        model: &str,
        rival: Option<&str>,
        asked: &Asked,
    ) -> (Option<Outcome>, Option<Outcome>) {
        let ask = async |model: &str| {
            let picture = asked.picture.clone()?;
            let classifier = match service::classifier() {
                Ok(classifier) => classifier,
                Err(problem) => return Some(Err(problem)),
            };
            let watcher = Arc::new(|_| ());
            Some(service::classify(&classifier, model.to_owned(), picture, true, watcher).await)
        };
        let first = async {
            match &asked.posted {
                Some(posted) => Some(posted.clone()),
                None => ask(model).await,
            }
        };
        let second = async {
            match rival {
                Some(rival) => ask(rival).await,
                None => None,
            }
        };
        join(first, second).await
    }

    /// What speaks for a class, in words and as a picture; why not, and no picture, if that cannot
    /// be said.
    async fn explain(model: &str, class: Option<String>, picture: Picture) -> (String, String) {
        let request = WhyRequest {
            model: model.to_owned(),
            picture,
            class,
            method: Method::Auto,
            crop: false,
            overlay: true,
        };
        let explained = async { service::classifier()?.explain(request, Arc::new(|_| ())).await };
        match explained.await {
            Ok(map) => (texts::why::heading(&map.class.label), map.overlay.unwrap_or_default()),
            Err(problem) => (problem.to_string(), String::new()),
        }
    }

    /// Whether another site brought the visitor here, or the browser fetches ahead of a click.
    ///
    /// Otherwise any page on the web could make its visitors' browsers have this server fetch and
    /// classify whatever it names, by a hidden frame or picture.
    fn from_elsewhere(headers: &HeaderMap) -> bool {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if header("sec-purpose").is_some_and(|it| it.starts_with("prefetch")) {
            return true;
        }
        match header("sec-fetch-site") {
            Some(site) => !matches!(site, "same-origin" | "none"),
            // Programs and old browsers do not say, nor does any browser over plain HTTP.
            None => header("referer").is_some_and(|referer| {
                let host = referer.split_once("://").map(|(_, rest)| rest);
                let host = host.and_then(|rest| rest.split(['/', '?']).next());
                host != header("host")
            }),
        }
    }

    fn origin(headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
        format!("http://{}", host.unwrap_or("localhost:2017"))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_link_from_another_site_is_told_from_one_that_was_typed() {
            let elsewhere = |pairs: &[(&'static str, &'static str)]| {
                let headers = pairs.iter().map(|(name, value)| {
                    (name.parse().expect("a name"), value.parse().expect("a value"))
                });
                from_elsewhere(&headers.collect())
            };
            assert!(!elsewhere(&[]));
            assert!(!elsewhere(&[("sec-fetch-site", "none")]));
            assert!(!elsewhere(&[("sec-fetch-site", "same-origin")]));
            assert!(elsewhere(&[("sec-fetch-site", "cross-site")]));
            assert!(elsewhere(&[("sec-fetch-site", "same-site")]));
            assert!(elsewhere(&[
                ("sec-fetch-site", "none"),
                ("sec-purpose", "prefetch;prerender")
            ]));
            assert!(elsewhere(&[("host", "a:1"), ("referer", "http://b:1/a:1")]));
            assert!(!elsewhere(&[("host", "a:1"), ("referer", "http://a:1/vgg?x")]));
        }
    }
}
