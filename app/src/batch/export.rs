//! Answers as files for other programs.

use super::Progress;
use crate::{
    format::shortest,
    json::write::{Write, object, written},
    problem::Problem,
    wire::{Classification, Prediction, Timing},
};

/// A picture in the JSON file.
struct Exported<'a>(&'a str, &'a Progress);

impl Write for Exported<'_> {
    fn write(&self, text: &mut String) {
        let answer = answer(self.1);
        object(
            text,
            &[
                ("name", &self.0),
                ("model", &answer.map(|it| &it.model)),
                ("fallback_for", &answer.and_then(|it| it.fallback_for.as_ref())),
                ("predictions", &answer.map(|it| &it.predictions)),
                ("timing", &answer.map(|it| &it.timing)),
                ("error", &problem(self.1)),
            ],
        );
    }
}

impl Write for Prediction {
    fn write(&self, text: &mut String) {
        let Self { index, label, probability } = self;
        object(text, &[("index", index), ("label", label), ("probability", probability)]);
    }
}

impl Write for Timing {
    fn write(&self, text: &mut String) {
        let Self { fetch_ms, decode_ms, queue_ms, inference_ms, total_ms } = self;
        object(
            text,
            &[
                ("fetch_ms", fetch_ms),
                ("decode_ms", decode_ms),
                ("queue_ms", queue_ms),
                ("inference_ms", inference_ms),
                ("total_ms", total_ms),
            ],
        );
    }
}

impl Write for Problem {
    fn write(&self, text: &mut String) {
        let Self { code, status, title, detail, retry_after } = self;
        object(
            text,
            &[
                ("code", code),
                ("status", status),
                ("title", title),
                ("detail", detail),
                ("retry_after", retry_after),
            ],
        );
    }
}

/// A table with the best class of each picture, for spreadsheets.
pub(crate) fn csv(rows: &[(String, Progress)]) -> String {
    let mut csv = String::from("name,class,probability,total_ms,model,error\r\n");
    for (name, progress) in rows {
        let answer = answer(progress);
        let best = answer.and_then(|it| it.predictions.first());
        let fields = [
            cell(name),
            best.map(|it| cell(&it.label)).unwrap_or_default(),
            best.map(|it| shortest(it.probability.into())).unwrap_or_default(),
            answer.map(|it| shortest(it.timing.total_ms)).unwrap_or_default(),
            answer.map(|it| cell(&it.model)).unwrap_or_default(),
            problem(progress).map(|it| cell(&it.code)).unwrap_or_default(),
        ];
        csv.push_str(&fields.join(","));
        csv.push_str("\r\n");
    }
    csv
}

/// Everything the page knows of each picture.
pub(crate) fn json(rows: &[(String, Progress)]) -> String {
    let rows = rows.iter().map(|(name, progress)| Exported(name, progress));
    written(&rows.collect::<Vec<_>>())
}

fn answer(progress: &Progress) -> Option<&Classification> {
    if let Progress::Done(answer) = progress { Some(answer) } else { None }
}

fn problem(progress: &Progress) -> Option<&Problem> {
    if let Progress::Failed(problem) = progress { Some(problem) } else { None }
}

/// A text between quotes. One that a spreadsheet would take for a formula begins with an
/// apostrophe, since file names are other people's.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<(String, Progress)> {
        let failed = Problem::new(415, "wrong_kind", "Wrong", "It is.");
        vec![
            ("a \"b\",c.jpg".to_owned(), Progress::Failed(failed)),
            ("=cmd()".to_owned(), Progress::Waiting),
        ]
    }

    #[test]
    fn csv_keeps_names_in_their_cells() {
        let csv = csv(&rows());
        let lines: Vec<_> = csv.lines().collect();
        assert_eq!(lines[1], r#""a ""b"",c.jpg",,,,,"wrong_kind""#);
        assert_eq!(lines[2], r#""'=cmd()",,,,,"#);
    }

    #[test]
    fn json_says_what_failed() {
        let json: serde_json::Value = serde_json::from_str(&json(&rows())).expect("JSON");
        assert_eq!(json[0]["error"]["code"], "wrong_kind");
        assert_eq!(json[1]["name"], "=cmd()");
        assert!(json[1].get("predictions").is_none());
    }
}
