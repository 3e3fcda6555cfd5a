//! The classes: one for each flag that can be told from all others, and one for no flag.

mod merges;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::Deserialize;

pub use merges::{CODES_BESIDE_ISO, LEFT_OUT, MERGES};

/// Label of the last class.
pub const NOT_A_FLAG: &str = "not a flag";

/// The classes in the order of the network's outputs.
#[derive(Debug, Clone)]
pub struct Classes {
    /// What the page shows, for example `Norway (NO) / Bouvet Island (BV)`.
    pub labels: Vec<String>,
    index: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
struct Entry {
    code: String,
    name: String,
    iso: bool,
}

impl Classes {
    /// Builds the classes from the names that `flag-icons` has.
    ///
    /// # Errors
    ///
    /// When its list cannot be read.
    pub fn load(art: &Path) -> Result<Self> {
        let path = art.join("flag-icons/country.json");
        let text = fs::read(&path).with_context(|| format!("{} is missing", path.display()))?;
        let entries: Vec<Entry> = serde_json::from_slice(&text).context("a broken list")?;
        let names = entries
            .into_iter()
            .filter(|entry| entry.iso || CODES_BESIDE_ISO.contains(&entry.code.as_str()))
            .map(|entry| (entry.code, entry.name))
            .collect();
        Ok(Self::group(&names, MERGES))
    }

    /// Number of classes, the one for no flag included.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// Index of the class for no flag.
    pub fn not_a_flag(&self) -> usize {
        self.labels.len() - 1
    }

    /// Every code with the class it belongs to, in the order of the codes.
    pub fn codes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.index.iter().map(|(code, &class)| (code.as_str(), class))
    }

    /// The class that a code belongs to.
    pub fn of(&self, code: &str) -> Option<usize> {
        self.index.get(code).copied()
    }

    /// Whether the class has more than one code.
    pub fn is_merged(&self, class: usize) -> bool {
        self.index.values().filter(|&&other| other == class).count() > 1
    }

    fn group(names: &BTreeMap<String, String>, merges: &[&[&str]]) -> Self {
        let mut labels = Vec::new();
        let mut index = BTreeMap::new();
        for (code, name) in names {
            let merge = merges.iter().find(|merge| merge.contains(&code.as_str()));
            // The first code of a merge, the flag's owner, gives the class its place.
            let codes: Vec<&str> = match merge {
                Some(merge) if merge[0] == code => merge.to_vec(),
                Some(_) => continue,
                None => vec![code],
            };
            let label = |code: &&str| {
                let name = names.get(*code).map_or(name, |name| name);
                format!("{name} ({})", code.to_uppercase())
            };
            for code in &codes {
                index.insert((*code).to_owned(), labels.len());
            }
            labels.push(codes.iter().map(label).collect::<Vec<_>>().join(" / "));
        }
        labels.push(NOT_A_FLAG.to_owned());
        Self { labels, index }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identical_flags_are_one_class_that_names_all() {
        let names = [("bv", "Bouvet Island"), ("fr", "France"), ("no", "Norway")]
            .map(|(code, name)| (code.to_owned(), name.to_owned()));
        let classes = Classes::group(&BTreeMap::from(names), &[&["no", "bv"]]);
        assert_eq!(classes.labels, ["France (FR)", "Norway (NO) / Bouvet Island (BV)", NOT_A_FLAG]);
        assert_eq!(classes.of("bv"), classes.of("no"));
        assert!(classes.is_merged(1) && !classes.is_merged(0));
    }

    #[test]
    fn no_code_is_in_two_merges() {
        let mut codes = MERGES.concat();
        let n_codes = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), n_codes);
    }
}
