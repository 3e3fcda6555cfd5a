//! The configuration as it is, and where each part of it comes from.

use std::{collections::BTreeMap, env};

use clap::{ArgMatches, Command, parser::ValueSource};
use serde_json::{Value, json};
use url::Url;

/// What takes the place of a secret.
const MASK: &str = "***";

/// Every option of a command with its value and where that comes from, and what OpenTelemetry is
/// told by the environment.
pub(crate) fn effective(command: &Command, matches: &ArgMatches) -> Value {
    let options = command.get_arguments().filter_map(|argument| {
        let flag = argument.get_long()?;
        let from = match matches.value_source(argument.get_id().as_str())? {
            ValueSource::CommandLine => "flag",
            ValueSource::EnvVariable => "environment",
            _ => "default",
        };
        let values = matches.try_get_raw(argument.get_id().as_str()).ok().flatten();
        let mut values: Vec<_> =
            values.into_iter().flatten().map(|value| masked(&value.to_string_lossy())).collect();
        let value = if values.len() == 1 { json!(values.remove(0)) } else { json!(values) };
        let variable = argument.get_env().map(|name| name.to_string_lossy().into_owned());
        Some((flag.to_owned(), json!({ "value": value, "from": from, "variable": variable })))
    });
    let traces = env::vars().filter(|(name, _)| name.starts_with("OTEL_")).map(|(name, value)| {
        let plain = !["HEADERS", "KEY", "CERTIFICATE"].iter().any(|word| name.contains(word));
        let value = if plain { masked(&value) } else { MASK.to_owned() };
        (name, value)
    });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "options": options.collect::<BTreeMap<_, _>>(),
        "environment": traces.collect::<BTreeMap<_, _>>(),
    })
}

/// A value without the name and password that an address may hold.
fn masked(value: &str) -> String {
    match Url::parse(value) {
        Ok(mut url) if url.password().is_some() || !url.username().is_empty() => {
            // These fail only for addresses that cannot hold either.
            let _ = url.set_username(MASK);
            let _ = url.set_password(None);
            url.into()
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction};

    use super::*;

    #[test]
    fn every_value_says_where_it_comes_from_and_passwords_are_masked() {
        let command = Command::new("test")
            .arg(Arg::new("mirror").long("mirror"))
            .arg(Arg::new("queue").long("queue").default_value("64"))
            .arg(Arg::new("unset").long("unset"))
            .arg(Arg::new("home").long("home").env("HOME"))
            .arg(Arg::new("list").long("list").action(ArgAction::Append));
        let line = ["test", "--mirror", "https://me:secret@host/a", "--list", "a", "--list", "b"];
        let matches = command.clone().get_matches_from(line);
        let config = effective(&command, &matches);
        let options = &config["options"];
        assert_eq!(options["mirror"]["value"], "https://***@host/a");
        assert_eq!(options["mirror"]["from"], "flag");
        assert_eq!(options["queue"]["from"], "default");
        assert_eq!(options["home"]["from"], "environment");
        assert_eq!(options["home"]["variable"], "HOME");
        assert_eq!(options["list"]["value"], json!(["a", "b"]));
        assert!(!config.to_string().contains("secret"));
    }
}
