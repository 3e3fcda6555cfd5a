//! `load`: sends requests to an HTTP server and says how it took them.

use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context, anyhow};
use clap::Parser;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use load::{Arrivals, Message, Pace, Plan, Report, Target};

/// Sends requests to an HTTP server and says how it took them.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Address, such as http://127.0.0.1:2017/vgg
    url: String,
    /// Method [default: POST with a body, else GET]
    #[arg(long, short = 'X')]
    method: Option<Method>,
    /// Header, such as 'Content-Type: image/jpeg'; can be repeated
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// File to send; several are sent in turn
    #[arg(long, short = 'b', value_name = "FILE")]
    body: Vec<PathBuf>,
    /// Clients that each send again when they have their answer
    #[arg(long, short = 'c', value_name = "N", default_value_t = 1, conflicts_with = "rate")]
    clients: usize,
    /// Requests to send in all, with --clients
    #[arg(long, short = 'n', value_name = "N", conflicts_with = "rate")]
    requests: Option<u64>,
    /// Requests a second that come by themselves; their latency counts from when they are due
    #[arg(long, short = 'r', value_name = "R")]
    rate: Option<f64>,
    /// With --clients: who is refused comes back when Retry-After says. Each client has an address
    /// of its own in this header, such as X-Forwarded-For
    #[arg(long, value_name = "HEADER", conflicts_with = "rate")]
    patient: Option<HeaderName>,
    /// With --rate: at equal distances instead of at random
    #[arg(long, requires = "rate")]
    uniform: bool,
    /// With --rate: connections at most
    #[arg(long, value_name = "N", default_value_t = 1024)]
    connections: usize,
    /// With --rate: another number gives other arrivals
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds to measure
    #[arg(long, short = 'd', value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    duration: Duration,
    /// Seconds to send before that [default: 1, and 0 with --requests]
    #[arg(long, short = 'w', value_name = "SECONDS", value_parser = seconds)]
    warm_up: Option<Duration>,
    /// Seconds to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
    /// Threads that send
    #[arg(long, short = 't', value_name = "N", default_value_t = 1)]
    threads: usize,
    /// Names in Server-Timing that are subtracted for the outer latency
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', default_value = "decode,infer")]
    inner: Vec<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let plan = options.plan()?;
    let report = load::run(&plan)?;
    match write(&options, &report) {
        // Whoever reads has read enough, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn write(options: &Options, report: &Report) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if options.json {
        serde_json::to_writer_pretty(&mut out, report)?;
        writeln!(out)
    } else {
        print(&mut out, report)
    }
}

impl Options {
    fn plan(&self) -> anyhow::Result<Plan> {
        let target = Target::resolve(&self.url)?;
        let method = self.method.clone();
        let headers: HeaderMap = self.headers.iter().cloned().collect();
        let message = |body: Vec<u8>| {
            let usual = if body.is_empty() { Method::GET } else { Method::POST };
            let method = method.clone().unwrap_or(usual);
            Message { method, headers: headers.clone(), body: body.into() }
        };
        let mut messages = Vec::new();
        for path in &self.body {
            let body = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            messages.push(message(body));
        }
        if messages.is_empty() {
            messages.push(message(Vec::new()));
        }
        let arrivals = if self.uniform { Arrivals::Uniform } else { Arrivals::Poisson };
        let pace = match self.rate {
            Some(rate) => {
                Pace::Open { rate, arrivals, connections: self.connections, seed: self.seed }
            }
            None => Pace::Closed { clients: self.clients, requests: self.requests },
        };
        // As many requests as were asked for, however long they take.
        let duration = match self.requests {
            Some(_) => Duration::from_secs(86_400),
            None => self.duration,
        };
        let warm_up = Duration::from_secs(u64::from(self.requests.is_none()));
        Ok(Plan {
            warm_up: self.warm_up.unwrap_or(warm_up),
            timeout: self.timeout,
            threads: self.threads,
            inner: self.inner.clone(),
            patient: self.patient.clone(),
            ..Plan::new(target, messages, pace, duration)
        })
    }
}

fn print(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let ms = |it: &load::Summary| {
        format!(
            "p50 {:.3}  p90 {:.3}  p99 {:.3}  p99.9 {:.3}  max {:.3} ms",
            it.p50, it.p90, it.p99, it.p999, it.max
        )
    };
    writeln!(
        out,
        "answers   {} in {:.1} s: {:.0} a second",
        report.answers, report.seconds, report.rate
    )?;
    writeln!(out, "latency   {}", ms(&report.latency_ms))?;
    for (status, it) in &report.statuses {
        writeln!(out, "{status:<9} {}: {}", it.count, ms(&it.latency_ms))?;
    }
    for (error, n) in &report.errors {
        writeln!(out, "{error:<9} {n} requests without an answer")?;
    }
    for (name, it) in &report.server_timing_ms {
        writeln!(out, "{name:<9} {}", ms(it))?;
    }
    if let Some(outer) = &report.outer_ms {
        writeln!(out, "outer     {}", ms(outer))?;
    }
    if report.came_back > 0 {
        writeln!(
            out,
            "patient   {} came back when told to, {} were let in",
            report.came_back, report.let_in
        )?;
    }
    if report.wanted_rate.is_some() {
        writeln!(out, "lag       {}", ms(&report.lag_ms))?;
    }
    Ok(())
}

fn header(text: &str) -> anyhow::Result<(HeaderName, HeaderValue)> {
    let (name, value) = text.split_once(':').ok_or_else(|| anyhow!("write it as 'Name: value'"))?;
    Ok((name.trim().parse()?, value.trim().parse()?))
}

fn seconds(text: &str) -> anyhow::Result<Duration> {
    Duration::try_from_secs_f64(text.parse()?).context("give seconds, such as 2.5")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }
}
