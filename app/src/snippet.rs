//! The question on the page as a program would ask it.

use crate::json::{
    read::{Read, Value, field},
    write::{Write, object, written},
};

/// A language to ask in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Curl,
    Python,
    JavaScript,
    OpenInference,
}

impl Language {
    pub(crate) const ALL: [Self; 4] =
        [Self::Curl, Self::Python, Self::JavaScript, Self::OpenInference];

    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::OpenInference => "Open Inference Protocol",
        }
    }

    /// Its name in attributes.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::OpenInference => "open-inference",
        }
    }
}

/// The picture of a question, as far as a program elsewhere can have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// At this address.
    Url(String),
    /// One of the model's own.
    Example {
        /// File name.
        file: String,
        /// Path on the server.
        path: String,
    },
    /// A file of this name.
    File(String),
}

impl Read for Subject {
    fn read(value: &impl Value) -> Option<Self> {
        if let Some(url) = field(value, "Url") {
            Some(Self::Url(url))
        } else if let Some(it) = value.field("Example") {
            Some(Self::Example { file: field(&it, "file")?, path: field(&it, "path")? })
        } else {
            field(value, "File").map(Self::File)
        }
    }
}

impl Write for Subject {
    fn write(&self, text: &mut String) {
        struct Example<'a>(&'a String, &'a String);
        impl Write for Example<'_> {
            fn write(&self, text: &mut String) {
                object(text, &[("file", self.0), ("path", self.1)]);
            }
        }
        match self {
            Self::Url(url) => object(text, &[("Url", url)]),
            Self::Example { file, path } => object(text, &[("Example", &Example(file, path))]),
            Self::File(name) => object(text, &[("File", name)]),
        }
    }
}

/// The program. `origin` is that of the page, such as `http://localhost:2017`.
pub(crate) fn snippet(
    language: Language,
    origin: &str,
    model: &str,
    subject: &Subject,
    top_k: u32,
) -> String {
    let url = format!("{origin}/{model}");
    match (language, subject) {
        (Language::Curl, Subject::File(name)) => format!(
            "curl -H 'Accept: application/json' \\\n  --data-binary @{} '{url}?top_k={top_k}'",
            shell(name)
        ),
        (Language::Curl, other) => {
            let (field, value) = pair(other);
            format!(
                "curl -H 'Accept: application/json' -d top_k={top_k} \\\n  --data-urlencode {} {url}",
                shell(&format!("{field}={value}"))
            )
        }
        (Language::Python, Subject::File(name)) => format!(
            "import requests\n\nwith open({}, \"rb\") as picture:\n    answer = requests.post(\"{url}\", \
             params={{\"top_k\": {top_k}}}, data=picture,\n        headers={{\"Accept\": \"application/json\", \
             \"Content-Type\": \"application/octet-stream\"}})\nprint(answer.json()[\"predictions\"])",
            quoted(name)
        ),
        (Language::Python, other) => {
            let (field, value) = pair(other);
            format!(
                "import requests\n\nanswer = requests.post(\"{url}\", json={{\"{field}\": {}, \"top_k\": \
                 {top_k}}},\n    headers={{\"Accept\": \"application/json\"}})\nprint(answer.json()[\"predictions\"])",
                quoted(value)
            )
        }
        (Language::JavaScript, Subject::File(_)) => format!(
            "// `picture` is a File or a Blob.\nconst answer = await fetch(\"{url}?top_k={top_k}\", {{\n  method: \
             \"POST\",\n  headers: {{ accept: \"application/json\", \"content-type\": picture.type }},\n  body: \
             picture,\n}});\nconsole.log((await answer.json()).predictions);"
        ),
        (Language::JavaScript, other) => {
            let (field, value) = pair(other);
            format!(
                "const answer = await fetch(\"{url}\", {{\n  method: \"POST\",\n  headers: {{ accept: \
                 \"application/json\", \"content-type\": \"application/json\" }},\n  body: JSON.stringify({{ \
                 {field}: {}, top_k: {top_k} }}),\n}});\nconsole.log((await answer.json()).predictions);",
                quoted(value)
            )
        }
        (Language::OpenInference, subject) => {
            let read = match subject {
                Subject::File(name) => format!("open({}, \"rb\").read()", quoted(name)),
                Subject::Url(url) => {
                    format!("urllib.request.urlopen({}).read()", quoted(url))
                }
                Subject::Example { path, .. } => {
                    format!("urllib.request.urlopen({}).read()", quoted(&format!("{origin}{path}")))
                }
            };
            let import = if read.starts_with("urllib") { "import urllib.request\n" } else { "" };
            let host = origin.split_once("://").map_or(origin, |(_, host)| host);
            format!(
                "{import}import numpy\nimport tritonclient.http as v2\n\nclient = \
                 v2.InferenceServerClient(\"{host}\")\nname = client.get_model_metadata(\"{model}\")\
                 [\"inputs\"][0][\"name\"]\npicture = v2.InferInput(name, [1], \"BYTES\")\n\
                 picture.set_data_from_numpy(numpy.array([{read}], dtype=object))\n\
                 answer = client.infer(\"{model}\", [picture])\nprint(answer.get_response())"
            )
        }
    }
}

fn pair(subject: &Subject) -> (&'static str, &str) {
    match subject {
        Subject::Url(value) => ("url", value),
        Subject::Example { file, .. } => ("example", file),
        Subject::File(value) => ("image", value),
    }
}

/// For a POSIX shell: nothing comes alive between single quotes.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// For Python and JavaScript, whose strings agree on what JSON allows.
fn quoted(text: &str) -> String {
    written(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(language: Language, subject: &Subject) -> String {
        snippet(language, "http://host:1", "vgg", subject, 3)
    }

    #[test]
    fn asks_what_the_page_asks() {
        let url = Subject::Url("https://a/b?c=d&e".to_owned());
        assert_eq!(
            written(Language::Curl, &url),
            "curl -H 'Accept: application/json' -d top_k=3 \\\n  --data-urlencode \
             'url=https://a/b?c=d&e' http://host:1/vgg"
        );
        for language in Language::ALL {
            assert!(written(language, &url).contains("https://a/b?c=d&e"), "{language:?}");
        }
    }

    #[test]
    fn a_strange_name_stays_a_name() {
        let file = Subject::File("a'b\"; rm -rf ~ #.jpg".to_owned());
        assert!(written(Language::Curl, &file).contains(r#"@'a'\''b"; rm -rf ~ #.jpg'"#));
        assert!(written(Language::Python, &file).contains(r#"open("a'b\"; rm -rf ~ #.jpg""#));
    }
}
