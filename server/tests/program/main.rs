//! The program as a whole, started like a user would.

#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod admin;
mod commands;
mod keys;
mod models;
mod rates;
mod serving;
mod traces;

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use common::web;

fn vitrine() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vitrine"));
    // What the caller's shell says must not decide a test.
    let ours = |name: &str| name.starts_with("VITRINE_") || name.starts_with("OTEL_");
    for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command
}

/// A server that is ended with its test.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The system gives a free port, which nobody else is likely to take in the meantime.
fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn serve_command(models: &Path, address: SocketAddr, log: &str) -> Command {
    let mut command = vitrine();
    command
        .args(["serve", "--threads", "1", "--log", log, "--listen", &address.to_string()])
        .arg("--models")
        .arg(models);
    command
}

/// Starts a server on a free port and waits until it is ready.
fn serve(models: &Path, options: &[&str]) -> Running {
    let address = free_address();
    let child = serve_command(models, address, "error")
        .args(options)
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    wait_until_ready(Running { child, address })
}

fn wait_until_ready(running: Running) -> Running {
    let start = Instant::now();
    while !web::request(running.address, "GET", "/readyz", &[], b"").is_ok_and(|a| a.status == 200)
    {
        assert!(start.elapsed() < Duration::from_secs(60), "not ready within a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
    running
}
