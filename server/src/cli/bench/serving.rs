//! A server of one's own, as a process: so that what it uses is not mixed with what asking uses.

use std::{
    env,
    fs::{self, File},
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use vision::compute::Compute;

use crate::cli::options::ModelOptions;

/// How long loading may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between two looks whether it is ready.
const LOOK: Duration = Duration::from_millis(50);
/// What would make a server for strangers of it, or keep us out.
const UNSET: [&str; 7] = [
    "VITRINE_ADMIN",
    "VITRINE_GRPC",
    "VITRINE_KEYS",
    "VITRINE_RATE",
    "VITRINE_LISTEN",
    "VITRINE_MODEL",
    "VITRINE_PULL",
];

/// A running server, which ends with this value.
#[derive(Debug)]
pub(super) struct Serving {
    pub(super) address: SocketAddr,
    child: Child,
    log: PathBuf,
}

impl Serving {
    /// Starts this very program on a free port of loopback, and waits until it is ready.
    pub(super) fn start(
        model: &str,
        options: &ModelOptions,
        compute: Compute,
    ) -> anyhow::Result<Self> {
        let program = env::current_exe().context("cannot find this program itself")?;
        // Given back at once, in the hope that nobody takes it until the server does.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = env::temp_dir().join(format!("vitrine-bench-{}.log", std::process::id()));
        let out = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Command::new(program);
        command.arg("serve").arg("--listen").arg(address.to_string());
        command.arg("--models").arg(&options.folder.models).arg("--preload").arg(model);
        // As it was decided here, so that the network alone and behind HTTP are the same one.
        command.arg("--threads").arg(compute.threads.to_string());
        command.arg("--precision").arg(compute.precision.to_string());
        command.arg("--device").arg(options.device.to_string());
        if options.full_decode {
            command.arg("--full-decode");
        }
        for name in UNSET {
            command.env_remove(name);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(out)
            .spawn()
            .context("cannot start a server")?;
        let mut serving = Self { address, child, log };
        serving.wait()?;
        Ok(serving)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let start = Instant::now();
        while !self.is_ready() {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended ({status}): {}", self.last_words());
            }
            if start.elapsed() > PATIENCE {
                bail!(
                    "the server is not ready after {} s: {}",
                    PATIENCE.as_secs(),
                    self.last_words()
                );
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    fn is_ready(&self) -> bool {
        let ask = || {
            let mut stream = TcpStream::connect(self.address)?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(
                b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            )?;
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).map(|()| answer)
        };
        ask().is_ok_and(|answer| &answer == b"HTTP/1.1 200")
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().next_back().unwrap_or("it said nothing").to_owned()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // There is nothing to be done about what is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.log);
    }
}
