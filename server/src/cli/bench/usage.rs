//! What a process uses, as the kernel counts it. Only Linux says so.

use std::{fs, time::Duration};

/// Processor time of a process from here on.
#[derive(Debug)]
pub(super) struct Usage {
    pid: u32,
    before: Option<Duration>,
}

/// What was used.
#[derive(Debug)]
pub(super) struct Used {
    pub(super) cpu: Option<Duration>,
    /// Resident memory at the end.
    pub(super) resident_mb: Option<f64>,
}

impl Usage {
    pub(super) fn begin(pid: u32) -> Self {
        Self { pid, before: cpu(pid) }
    }

    pub(super) fn end(self) -> Used {
        let cpu = cpu(self.pid).zip(self.before).map(|(after, before)| after - before);
        Used { cpu, resident_mb: resident_mb(self.pid) }
    }
}

/// User and system time, fields 14 and 15 of `/proc/[pid]/stat`, see proc_pid_stat(5).
fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, the second field, may hold anything, so counting begins after it.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}

fn resident_mb(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib / 1024.0)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_this_process_uses_is_known() {
        let usage = Usage::begin(std::process::id());
        let used = usage.end();
        assert!(used.cpu.is_some());
        assert!(used.resident_mb.is_some_and(|mb| mb > 0.1));
    }
}
