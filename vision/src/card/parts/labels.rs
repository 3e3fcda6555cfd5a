//! `[labels]`: what the classes are called.

use std::path::Path;

use super::super::error::Problem;
use super::super::file::{Builtin, Labels};
use super::inside;

/// The labels, one for each class.
pub(super) fn read(directory: &Path, labels: &Labels) -> Result<Vec<String>, Problem> {
    match (&labels.file, labels.builtin) {
        (Some(file), None) => from_file(directory, file),
        (None, Some(Builtin::Imagenet)) => {
            Ok(tch::vision::imagenet::CLASSES.iter().map(|&label| label.to_owned()).collect())
        }
        _ => Err(Problem::new("labels", "must have either `file` or `builtin`")),
    }
}

fn from_file(directory: &Path, file: &str) -> Result<Vec<String>, Problem> {
    let key = "labels.file";
    let path = inside(directory, key, file)?;
    let text = std::fs::read_to_string(path).map_err(|error| {
        Problem::new(key, format!("names {file:?}, which cannot be read: {error}"))
    })?;
    let labels: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
    if let Some(line) = labels.iter().position(String::is_empty) {
        // Leaving the line out would move every label after it to another class.
        let reason = format!("names {file:?}, whose line {} is empty", line + 1);
        return Err(Problem::new(key, reason));
    }
    if labels.len() < 2 {
        return Err(Problem::new(key, format!("names {file:?}, which has fewer than two labels")));
    }
    Ok(labels)
}
