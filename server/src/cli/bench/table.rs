//! The figures for people.

use std::io::{self, Write};

use super::numbers::{Figures, HttpFigures};

/// Prints what was measured.
pub(super) fn print(out: &mut impl Write, figures: &Figures) -> io::Result<()> {
    let Figures { model, architecture, threads, precision, pictures, picture_bytes, .. } = figures;
    writeln!(
        out,
        "{model} ({architecture}) in {precision}, {threads} threads, {pictures} pictures of {} kB on average\n",
        picture_bytes / 1000
    )?;
    if !figures.network.is_empty() {
        writeln!(out, "the network alone     batch         ms   ms/picture   pictures/s")?;
        for row in &figures.network {
            let each = row.ms / row.batch as f64;
            let (batch, ms, rate) = (row.batch, row.ms, row.pictures_per_second);
            writeln!(out, "{batch:>27} {ms:>10.2} {each:>12.2} {rate:>12.1}")?;
        }
        writeln!(out)?;
    }
    if figures.http.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "over HTTP         answers/s   p50 ms   p99 ms  server ms      %   queue ms  CPU ms  resident MB"
    )?;
    for row in &figures.http {
        line(out, row)?;
    }
    writeln!(
        out,
        "\nserver: what the median round trip has beside decoding and the network. \
         queue: median wait for the worker."
    )?;
    writeln!(out, "CPU: processor time of the server for one answer.")
}

fn line(out: &mut impl Write, row: &HttpFigures) -> io::Result<()> {
    let report = &row.report;
    let pace = match report.wanted_rate {
        Some(rate) => format!("{rate}/s"),
        None if report.clients == 1 => "1 client".to_owned(),
        None => format!("{} clients", report.clients),
    };
    let dash = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
    };
    let share = row.share_ms();
    let percent = share.map(|share| 100.0 * share / report.latency_ms.p50);
    writeln!(
        out,
        "{pace:<16} {:>10.1} {:>8.2} {:>8.2} {:>10} {:>6} {:>10} {:>7} {:>12}",
        report.rate,
        report.latency_ms.p50,
        report.latency_ms.p99,
        dash(share, 2),
        dash(percent, 1),
        dash(report.server_timing_ms.get("queue").map(|queue| queue.p50), 3),
        dash(row.cpu_ms_per_request, 2),
        dash(row.resident_mb, 0),
    )?;
    if report.refusals() + report.failures() > 0 {
        writeln!(out, "{:16} {}", "", super::numbers::complaint(report))?;
    }
    Ok(())
}
