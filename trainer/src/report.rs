//! `REPORT.md` and its pictures.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    art::NOTO,
    evaluate::{
        Findings, LEFT_OUT, Outcome,
        score::{Answer, Score},
        sets::{SIZES, Set},
    },
    served::jpeg,
    sheet::tiled,
};

/// Pictures on a sheet.
const SHOWN: usize = 40;
const COLUMNS: usize = 8;

/// The table of the targets.
pub fn summary(findings: &Findings) -> String {
    let mut text = String::from("| what | figure | target | met |\n| --- | --- | --- | --- |\n");
    let mut row = |what: &str, figure: String, target: &str, met: bool| {
        let met = if met { "yes" } else { "**no**" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {what} | {figure} | {target} | {met} |");
    };
    let mut least = |what: String, part: f64, target: f64| {
        let met = part >= target;
        row(&what, percent(part), &format!("at least {}", percent(target)), met);
    };
    for Outcome { set, score, answers, .. } in &findings.outcomes {
        let title = set.title();
        match set {
            Set::Photographed => least(format!("{title}: top-1"), score.top_1, 0.98),
            Set::Redrawn => {}
            Set::Clean | Set::TestClean => {
                for (variant, size) in SIZES.iter().enumerate() {
                    let part = Score::of(answers.iter().filter(|a| a.variant == variant));
                    let test = *set == Set::TestClean;
                    let title = format!("{title}, {size} px");
                    least(format!("{title}: top-1"), part.top_1, if test { 0.90 } else { 0.99 });
                    if test {
                        least(format!("{title}: top-5"), part.top_5, 0.97);
                    }
                }
            }
            Set::TestModerate => {
                least(format!("{title}: top-1"), score.top_1, 0.82);
                least(format!("{title}: top-5"), score.top_5, 0.93);
            }
            Set::NoFlags => {
                least("no flags: told, or below 50 %".to_owned(), refused(answers), 0.95);
            }
        }
    }
    for (set, target) in [(Set::Photographed, 0.05), (Set::TestModerate, 0.08)] {
        if let Some(outcome) = findings.outcomes.iter().find(|outcome| outcome.set == set) {
            let error = outcome.score.calibration;
            let what = format!("{}: expected calibration error", set.title());
            row(&what, percent(error), &format!("at most {}", percent(target)), error <= target);
        }
    }
    let time = findings.milliseconds;
    row(
        "one picture in the network, one core",
        format!("{time:.2} ms"),
        "at most 5 ms",
        time <= 5.0,
    );
    let size = findings.size as f64 / (1024.0 * 1024.0);
    row("weights", format!("{size:.2} MB"), "at most 4 MB", size <= 4.0);
    text
}

/// How the same pictures were answered in other numbers; nothing where there are none.
pub fn precisions(findings: &Findings) -> String {
    let mut text = String::new();
    if findings.precisions.len() < 2 {
        return text;
    }
    text.push_str(
        "| the same pictures | computed in | top-1 | top-5 | expected calibration error |\n",
    );
    text.push_str("| --- | --- | --- | --- | --- |\n");
    for Outcome { set, score, others, .. } in &findings.outcomes {
        for (precision, score) in findings.precisions.iter().zip([score].into_iter().chain(others))
        {
            let Score { n, top_1, top_5, calibration, .. } = score;
            let parts = [top_1, top_5, calibration].map(|part| format!("{:.2} %", 100.0 * part));
            // Writing to a string cannot fail.
            let _ =
                writeln!(text, "| {}: {n} | {precision} | {} |", set.title(), parts.join(" | "));
        }
    }
    text
}

/// Writes the report and its pictures into the folder of the model.
///
/// # Errors
///
/// When a file cannot be written.
pub fn write(folder: &Path, findings: &Findings) -> Result<()> {
    let mut text = format!(
        "# How well `flags` names flags\n\n{}\n\n## Figures\n\n{}\n",
        method(findings),
        summary(findings),
    );
    text.push_str(include_str!("report/remarks.md"));
    let precisions = precisions(findings);
    if !precisions.is_empty() {
        text.push_str("\n## In other numbers\n\n");
        text.push_str(&precisions);
    }
    text.push_str(&training(&fs::read_to_string(folder.join("training.log")).unwrap_or_default())?);
    fs::create_dir_all(folder.join("report"))?;
    for outcome in &findings.outcomes {
        section(&mut text, folder, outcome, &findings.labels)?;
    }
    fs::write(folder.join("REPORT.md"), text).context("the report cannot be written")
}

fn method(findings: &Findings) -> String {
    let left_out: Vec<_> = LEFT_OUT.iter().map(|code| code.to_uppercase()).collect();
    format!(
        include_str!("report/method.md"),
        classes = findings.labels.len(),
        temperature = findings.temperature,
        noto = NOTO,
        left_out = left_out.join(", "),
        n_left_out = LEFT_OUT.len(),
        photographs = findings.photographs,
    )
}

/// How the training went, from its log.
fn training(log: &str) -> Result<String> {
    let runs: Vec<_> = log.lines().filter(|line| line.contains(" classes, ")).collect();
    let Some(last) = log.lines().rfind(|line| line.starts_with("step ")) else {
        return Ok(String::new());
    };
    let mut text = String::from("\n## Training\n\n");
    if runs.len() > 1 {
        writeln!(
            text,
            "The training was stopped and resumed {} times, and where the planned number of steps \
             changes it was prolonged or cut, so that the learning rate went back up or down there.\n\
             `cargo run -p trainer --release -- train` trains with the last plan from the beginning.\n",
            runs.len() - 1,
        )?;
    }
    text.push_str(
        "From `training.log`, where the pictures are augmented and redrawn, and seconds are \
                   those of two cores shared with other work:\n\n```text\n",
    );
    for line in runs.into_iter().chain([last]) {
        writeln!(text, "{line}")?;
    }
    text.push_str("```\n");
    Ok(text)
}

fn section(text: &mut String, folder: &Path, outcome: &Outcome, labels: &[String]) -> Result<()> {
    let Outcome { set, score, answers, .. } = outcome;
    let name = set.title().replace([',', ' '], "-").replace("--", "-");
    write!(
        text,
        "\n## {}\n\n{} pictures: top-1 {}, top-5 {}, expected calibration error {}.\n",
        set.title(),
        score.n,
        percent(score.top_1),
        percent(score.top_5),
        percent(score.calibration),
    )?;
    if *set == Set::NoFlags {
        let photographs: Vec<_> = answers.iter().filter(|answer| answer.variant > 0).collect();
        writeln!(
            text,
            "Answered \"not a flag\" or below 50 %: {} of all, {} of the {} photographs and parts \
             of photographs.",
            percent(refused(answers)),
            percent(refused(photographs.iter().copied())),
            photographs.len(),
        )?;
    }
    if *set != Set::NoFlags && !score.worst.is_empty() {
        text.push_str("\nWorst classes:\n\n| class | right |\n| --- | --- |\n");
        for (class, part) in score.worst.iter().take(15) {
            writeln!(text, "| {} | {} |", labels[*class], percent(*part))?;
        }
    }
    if !score.confusions.is_empty() {
        text.push_str("\nTaken for another:\n\n| is | answered | times |\n| --- | --- | --- |\n");
        for ((class, answered), n) in score.confusions.iter().take(20) {
            writeln!(text, "| {} | {} | {n} |", labels[*class], labels[*answered])?;
        }
    }
    let stride = (answers.len() / SHOWN).max(1);
    let typical: Vec<_> = answers.iter().step_by(stride).take(SHOWN).collect();
    show(text, folder, &format!("{name}-typical"), "Every so many-th picture", &typical, None)?;
    let failed: Vec<_> = answers.iter().filter(|answer| !answer.right()).collect();
    let stride = failed.len().div_ceil(SHOWN).max(1);
    let failed: Vec<_> = failed.into_iter().step_by(stride).take(SHOWN).collect();
    show(text, folder, &format!("{name}-failed"), "Failed", &failed, Some(labels))
}

/// A sheet of pictures, with the answers if labels are given.
fn show(
    text: &mut String,
    folder: &Path,
    name: &str,
    title: &str,
    answers: &[&Answer],
    labels: Option<&[String]>,
) -> Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    let pictures: Vec<_> = answers.iter().map(|answer| answer.thumbnail.clone()).collect();
    let file = format!("report/{name}.jpg");
    fs::write(folder.join(&file), jpeg(&tiled(&pictures, COLUMNS), 80)?)?;
    write!(text, "\n{title}:\n\n![{title}]({file})\n")?;
    let Some(labels) = labels else { return Ok(()) };
    text.push_str("\nRow by row, what it is and what was answered:\n\n");
    for (i, answer) in answers.iter().enumerate() {
        writeln!(
            text,
            "{}. {}: {} ({:.0} %)",
            i + 1,
            short(&labels[answer.class]),
            short(&labels[answer.answered]),
            100.0 * answer.probability,
        )?;
    }
    Ok(())
}

/// The first name of a label that has several.
fn short(label: &str) -> &str {
    label.split(" / ").next().unwrap_or(label)
}

/// The part of pictures without a flag that are not taken for one.
fn refused<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> f64 {
    let (mut refused, mut n) = (0.0, 0.0);
    for answer in answers {
        n += 1.0;
        if answer.right() || answer.probability < 0.5 {
            refused += 1.0;
        }
    }
    refused / n
}

fn percent(part: f64) -> String {
    format!("{:.1} %", 100.0 * part)
}
