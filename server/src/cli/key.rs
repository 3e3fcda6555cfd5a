//! `vitrine key`.

use clap::{Args, Subcommand};

use crate::access;

/// What `key` can be told.
#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key: it is shown this once, and what to put into the file of --keys is printed
    New {
        /// Whose it is, as the log will say
        name: String,
    },
}

impl Key {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Command::New { name } = self.command;
        let key = access::generate()?;
        // Apart, so that `>> keys.toml` takes the entry and leaves the key on the screen.
        eprintln!("The key, which is not kept anywhere: {key}");
        println!("{}", access::entry(&name, &key));
        Ok(())
    }
}
