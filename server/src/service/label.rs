//! Finding a class by what somebody calls it.

use app::problem::Problem;
use vision::card::ModelCard;

use super::faults;

/// Labels that are offered in place of one that there is not.
const OFFERED: usize = 3;
/// How like a label must be to be offered, by Jaro and Winkler: 1 is the same.
const LIKE: f64 = 0.75;

/// The number of a class that is given by its number or by its label, in large or small letters.
///
/// # Errors
///
/// If there is none, with the labels that are most like it.
pub(super) fn find(card: &ModelCard, class: &str) -> Result<usize, Problem> {
    let wanted = class.trim().to_lowercase();
    let numbered = wanted.parse().ok().filter(|&index: &usize| index < card.labels.len());
    let named = || card.labels.iter().position(|label| label.to_lowercase() == wanted);
    numbered.or_else(named).ok_or_else(|| {
        faults::no_class(&card.name, class, &near(&card.labels, &wanted), card.labels.len())
    })
}

/// The labels that are most like a text in small letters, the best first.
fn near<'a>(labels: &'a [String], wanted: &str) -> Vec<&'a str> {
    let rated =
        labels.iter().map(|label| (likeness(&label.to_lowercase(), wanted), label.as_str()));
    let mut rated: Vec<_> = rated.filter(|(likeness, _)| *likeness >= LIKE).collect();
    rated.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    rated.into_iter().take(OFFERED).map(|(_, label)| label).collect()
}

/// How like a label is, as a whole or by the best of its names: `tabby, tabby cat`, `Japan (JP)`.
fn likeness(label: &str, wanted: &str) -> f64 {
    let names = label.split([',', '(', ')']).map(str::trim).filter(|name| !name.is_empty());
    let best = names.map(|name| strsim::jaro_winkler(name, wanted)).fold(0.0, f64::max);
    // Whoever names a part that is in few labels means one of them.
    let part = if wanted.len() > 2 && label.contains(wanted) { 0.9 } else { 0.0 };
    best.max(part)
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn offers_what_is_most_like_it() {
        let labels = ["tabby, tabby cat", "tiger cat", "Persian cat", "Japan (JP)", "Jamaica (JM)"];
        let labels = labels.map(str::to_owned);
        assert_eq!(near(&labels, "japn"), ["Japan (JP)"]);
        assert_eq!(near(&labels, "jp"), ["Japan (JP)"]);
        assert_eq!(near(&labels, "tabby"), ["tabby, tabby cat"]);
        assert_eq!(near(&labels, "cat").len(), 3);
        assert!(near(&labels, "xylophone").is_empty());
    }
}
