//! The arguments of the command line, and their help.

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing::level_filters::LevelFilter;

use crate::config::VARIABLES;
use crate::rotator::Rotator;
use crate::settings::Setting;

const ABOUT: &str = "Rotates secrets of AWS Secrets Manager.

Inside Lambda this program is the rotation function that a secret names; Secrets Manager calls it four times a \
rotation. Here it does the same by hand, with the same safeguards. Any step may be repeated, and a rotation that was cut off \
can be gone on with.

AWS credentials and Region are found in the environment, in a profile with keys or with a role to assume, and in what a \
container or an instance is given. Not in a profile with SSO or credential_process: say there
  eval \"$(aws configure export-credentials --format env)\"";

#[derive(Debug, Parser)]
#[command(about = "Rotates secrets of AWS Secrets Manager", long_about = ABOUT)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Say on stderr what is done; twice, say all
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Rotate a secret now: all four steps
    Rotate(Rotate),
    /// Run a single step from an event, as Secrets Manager sends it
    Step(Step),
}

#[derive(Args, Debug)]
pub(super) struct Rotate {
    /// The secret's ARN or name
    #[arg(long, value_name = "ARN")]
    pub(super) secret_id: String,
    /// Go on with the rotation that makes this version
    #[arg(long, value_name = "ID")]
    pub(super) version_id: Option<String>,
    #[command(flatten)]
    pub(super) time: Time,
}

#[derive(Args, Debug)]
pub(super) struct Step {
    /// A file with the event's JSON; - is stdin
    #[arg(long, value_name = "FILE")]
    pub(super) event: PathBuf,
    #[command(flatten)]
    pub(super) time: Time,
}

#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Time {
    /// Seconds that a step may take, 1800 at most, as in Lambda
    #[arg(long, value_name = "SECONDS", default_value_t = MAX_TIMEOUT, value_parser = clap::value_parser!(u64).range(10..=MAX_TIMEOUT))]
    pub(super) timeout: u64,
    /// Seconds for which an abandoned rotation may still be at work: its function's time-out and 15 more [default: 1815]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(15..=86_400))]
    horizon: Option<u64>,
}

/// Lambda's own limit, in seconds: the most that CreateFunction takes for `Timeout`.
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
const MAX_TIMEOUT: u64 = 1800;
/// What a step has started can still take effect after its end, for this many seconds.
const AFTERMATH: u64 = 15;

impl Time {
    /// The horizon in seconds. Without the argument, it is the horizon of a step that takes as long as it may, here or in
    /// Lambda.
    pub(super) fn horizon(self) -> u64 {
        self.horizon.unwrap_or(MAX_TIMEOUT + AFTERMATH)
    }
}

impl Arguments {
    pub(super) fn level(&self) -> LevelFilter {
        match self.verbose {
            // A wait of minutes is told at INFO.
            0 => LevelFilter::INFO,
            1 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        }
    }

    /// The level for all other crates. At WARN, the SDK writes a lot about each place where it found no credentials.
    pub(super) fn level_of_others(&self) -> LevelFilter {
        match self.verbose {
            0 => LevelFilter::ERROR,
            1 => LevelFilter::WARN,
            _ => LevelFilter::INFO,
        }
    }
}

/// Reads the arguments. Like clap, it ends the process after a help text, and with exit code 2 if it does not understand the
/// arguments.
pub(super) fn parse<R: Rotator>() -> Arguments {
    let mut command = command(R::NAME, R::SETTINGS);
    let matches = command.get_matches_mut();
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

fn command(rotator: &str, settings: &[Setting]) -> clap::Command {
    let name = format!("rotator-{rotator}");
    let more = format!("{}\n\n{}", variables(settings), examples(&name));
    let command = Arguments::command()
        .display_name(name.clone())
        .bin_name(name)
        .version(env!("CARGO_PKG_VERSION"));
    command.after_long_help(more).after_help("--help says more")
}

fn variables(settings: &[Setting]) -> String {
    let own = settings.iter().map(|setting| (setting.name, setting.help));
    let all = VARIABLES.iter().copied().chain(own);
    let lines: Vec<String> = all
        .map(|(name, help)| format!("  {name:<27} {help}"))
        .collect();
    format!("Environment, the same as in Lambda:\n{}", lines.join("\n"))
}

fn examples(name: &str) -> String {
    format!(
        "Examples:
  {name} rotate --secret-id prod/db
  {name} rotate --secret-id prod/db --version-id 5e1c9d0a-3c61-4f0e-9f3b-0d6a3c8f7b21
  {name} step --event event.json

An event is what Secrets Manager sends:
  {{\"Step\": \"testSecret\", \"SecretId\": \"arn:…\", \"ClientRequestToken\": \"5e1c9d0a-…\"}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_teaches() {
        let mut command = command("postgres", &[Setting::by_tag("DOOR_SIDE", "which side")]);
        command.clone().debug_assert();
        let help = command.render_long_help().to_string();
        for taught in [
            "rotator-postgres rotate",
            "PASSWORD_LENGTH",
            "step",
            "DOOR_SIDE",
            "eval \"$(aws configure export-credentials --format env)\"",
        ] {
            assert!(help.contains(taught), "{taught}");
        }
    }

    fn time(arguments: &[&str]) -> Result<Time, clap::Error> {
        let all = ["x", "rotate", "--secret-id", "x"].iter().chain(arguments);
        let matches = command("x", &[]).try_get_matches_from(all)?;
        let parsed = Arguments::from_arg_matches(&matches)?;
        match parsed.command {
            Command::Rotate(rotate) => Ok(rotate.time),
            Command::Step(step) => Ok(step.time),
        }
    }

    #[test]
    fn no_step_outlives_the_horizon() {
        for timeout in ["10", "1800"] {
            let time = time(&["--timeout", timeout]).expect("understood");
            assert!(time.horizon() >= time.timeout + AFTERMATH);
        }
        assert!(time(&["--timeout", "1801"]).is_err());
        let told = time(&["--horizon", "75"]).expect("understood");
        assert_eq!(told.horizon(), 75);
    }

    #[test]
    fn a_secret_is_needed() {
        let parsed = command("x", &[]).try_get_matches_from(["x", "rotate"]);
        assert_eq!(parsed.expect_err("incomplete").exit_code(), 2);
    }
}
