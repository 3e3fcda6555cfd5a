//! What the classes of the new model are called.

use std::{fs, path::Path};

use crate::error::ImportError;

/// Longest file of labels that is read, in bytes.
const MAX_FILE: u64 = 16 << 20;

/// Where the labels come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Labels {
    /// ImageNet's, which come with the program.
    Imagenet,
    /// A file: one on each line.
    Listed(Vec<String>),
}

/// The labels for so many classes; how many is not known beforehand of TorchScript.
pub(crate) fn read(file: Option<&Path>, classes: Option<usize>) -> Result<Labels, ImportError> {
    let Some(path) = file else {
        return match classes {
            Some(1000) | None => Ok(Labels::Imagenet),
            Some(classes) => Err(ImportError::Labels(format!(
                "the network has {classes} classes: name them with --labels FILE, a text of \
                 {classes} lines in the order of the classes"
            ))),
        };
    };
    let long = fs::metadata(path).map_err(ImportError::io("read", path))?.len() > MAX_FILE;
    if long {
        return Err(ImportError::Labels(format!("{} is no list of labels", path.display())));
    }
    let text = fs::read_to_string(path).map_err(ImportError::io("read", path))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let labels: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
    if let Some(line) = labels.iter().position(String::is_empty) {
        // Leaving the line out would move every label after it to another class.
        return Err(ImportError::Labels(format!(
            "{}: line {} is empty, and each class has a label",
            path.display(),
            line + 1
        )));
    }
    if let Some(classes) = classes.filter(|&classes| classes != labels.len()) {
        return Err(ImportError::Labels(format!(
            "{} has {} lines, but the network has {classes} classes",
            path.display(),
            labels.len()
        )));
    }
    Ok(Labels::Listed(labels))
}
