use std::cmp::Ordering;

use super::Progress;
use crate::format::lowercase;

/// What rows can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Name,
    Label,
    Probability,
    Time,
}

/// A column, and whether its largest stands at the top. Rows stand as they came unless there is
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Order(pub(crate) Option<(Column, bool)>);

impl Order {
    /// The order after this column was chosen: figures begin with the largest, words with A, and
    /// choosing a column again turns it round.
    #[must_use]
    pub(crate) fn chosen(self, column: Column) -> Self {
        Self(Some(match self.0 {
            Some((current, descending)) if current == column => (column, !descending),
            _ => (column, matches!(column, Column::Probability | Column::Time)),
        }))
    }

    /// What a column's heading says to those who listen.
    pub(crate) fn aria(self, column: Column) -> &'static str {
        match self.0 {
            Some((current, true)) if current == column => "descending",
            Some((current, false)) if current == column => "ascending",
            _ => "none",
        }
    }

    /// Compares two rows by name and progress. Those without an answer come last either way.
    pub(crate) fn compare(self, a: (&str, &Progress), b: (&str, &Progress)) -> Ordering {
        let Some((column, descending)) = self.0 else { return Ordering::Equal };
        let turned = |order: Ordering| if descending { order.reverse() } else { order };
        if column == Column::Name {
            return turned(lowercase(a.0).cmp(&lowercase(b.0)));
        }
        let (Progress::Done(a), Progress::Done(b)) = (a.1, b.1) else {
            let last = |progress: &Progress| !matches!(progress, Progress::Done(_));
            return last(a.1).cmp(&last(b.1));
        };
        let best = |it: &crate::wire::Classification| {
            it.predictions
                .first()
                .map_or((String::new(), 0.0), |best| (lowercase(&best.label), best.probability))
        };
        turned(match column {
            Column::Name => Ordering::Equal,
            Column::Label => best(a).0.cmp(&best(b).0),
            Column::Probability => best(a).1.total_cmp(&best(b).1),
            Column::Time => a.timing.total_ms.total_cmp(&b.timing.total_ms),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        problem::Problem,
        wire::{Classification, Prediction, Source, SourceKind, Timing},
    };

    fn done(label: &str, probability: f32, total_ms: f64) -> Progress {
        Progress::Done(Box::new(Classification {
            model: "m".to_owned(),
            fallback_for: None,
            predictions: vec![Prediction { index: 0, label: label.to_owned(), probability }],
            source: Source {
                kind: SourceKind::Upload,
                name: None,
                format: "png".to_owned(),
                width: 1,
                height: 1,
                bytes: 1,
                animated: false,
            },
            timing: Timing { total_ms, ..Timing::default() },
            cached: false,
            note: None,
            crop: None,
        }))
    }

    fn sorted(order: Order) -> String {
        let failed = Progress::Failed(Problem::new(503, "busy", "Busy", "Very."));
        let mut rows = [
            ("b", done("Chad", 0.5, 9.0)),
            ("x", failed),
            ("A", done("Mali", 0.9, 3.0)),
            ("c", done("benin", 0.1, 6.0)),
        ];
        rows.sort_by(|a, b| order.compare((a.0, &a.1), (b.0, &b.1)));
        rows.map(|row| row.0).concat()
    }

    #[test]
    fn sorts_by_any_column_both_ways_and_keeps_what_has_no_answer_last() {
        let by = |column| Order::default().chosen(column);
        assert_eq!(sorted(Order::default()), "bxAc");
        assert_eq!(sorted(by(Column::Name)), "Abcx");
        assert_eq!(sorted(by(Column::Label)), "cbAx");
        assert_eq!(sorted(by(Column::Probability)), "Abcx");
        assert_eq!(sorted(by(Column::Probability).chosen(Column::Probability)), "cbAx");
        assert_eq!(sorted(by(Column::Time)), "bcAx");
        assert_eq!(by(Column::Time).aria(Column::Time), "descending");
        assert_eq!(by(Column::Time).aria(Column::Name), "none");
    }
}
