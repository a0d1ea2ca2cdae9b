//! The arguments of the command line, and their help.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing::level_filters::LevelFilter;

use super::check::Check;
use super::doctor::Doctor;
use super::known::Known;
use super::rotate::Rotate;
use super::status::Status;
use super::step::Step;

const ABOUT: &str = "Rotates secrets of AWS Secrets Manager by hand.

A function in Lambda does it by itself: Secrets Manager calls it four times a rotation. This program does the same, with the same \
safeguards, by the credentials of the person who starts it. Any step may be repeated, and a rotation that was cut off can be gone on \
with.

AWS credentials and Region are found where AWS's own command line finds them: in the environment, in a profile (with SSO and \
credential_process too), and in what a container or an instance is given.";

#[derive(Debug, Parser)]
#[command(about = "Rotates secrets of AWS Secrets Manager by hand", long_about = ABOUT)]
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
    /// Show versions and labels, schedule, function and replicas, and what state that is
    Status(Status),
    /// Log in with what is stored, and say whether the target accepts it
    Check(Check),
    /// Look at what is around a secret, and say what keeps it from rotating
    Doctor(Doctor),
    /// Run a single step from an event, as Secrets Manager sends it
    Step(Step),
    /// Show the settings of the rotators
    Settings(Settings),
    /// Make the folder of a new rotator, which passes its tests as it comes
    New(New),
}

#[derive(Args, Debug)]
pub(super) struct Settings {
    /// Of this rotator alone
    #[arg(value_name = "ROTATOR")]
    pub(super) rotator: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct New {
    /// The name, as in postgres
    #[arg(value_name = "NAME", value_parser = super::new::name)]
    pub(super) name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Output {
    Text,
    Json,
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
pub(super) fn parse(rotators: &[Known]) -> Arguments {
    let names: Vec<&'static str> = rotators.iter().map(|known| known.about.name).collect();
    let mut command = command(&program(), &names);
    let matches = command.get_matches_mut();
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

/// What a person types to start this program.
pub(super) fn program() -> String {
    let path = std::env::args_os().next().map(PathBuf::from);
    let name = path.as_deref().and_then(Path::file_name);
    name.map_or_else(
        || "rotation".into(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn command(name: &str, rotators: &[&'static str]) -> clap::Command {
    let known =
        |argument: clap::Arg| argument.value_parser(PossibleValuesParser::new(rotators.to_vec()));
    let with_rotator = |command: clap::Command| {
        let takes_one = command
            .get_arguments()
            .any(|argument| argument.get_id() == "rotator");
        if takes_one {
            command.mut_arg("rotator", known)
        } else {
            command
        }
    };
    Arguments::command()
        .display_name(name.to_owned())
        .bin_name(name)
        .version(env!("CARGO_PKG_VERSION"))
        .mut_subcommands(with_rotator)
        .after_long_help(examples(name))
        .after_help("--help says more")
}

fn examples(name: &str) -> String {
    format!(
        "Examples:
  {name} rotate --secret-id prod/db
  {name} rotate --secret-id prod/db --version-id 5e1c9d0a-3c61-4f0e-9f3b-0d6a3c8f7b21
  {name} status prod/db
  {name} check prod/db prod/queue
  {name} check --tag team=payments --output json
  {name} doctor prod/db
  {name} step --event event.json
  {name} settings
  {name} new door

An event is what Secrets Manager sends:
  {{\"Step\": \"testSecret\", \"SecretId\": \"arn:…\", \"ClientRequestToken\": \"5e1c9d0a-…\"}}

The settings are environment variables, the same as the function's in Lambda. They are not read from the function: set here what is \
set there."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_teaches() {
        let mut command = command("rotation", &["postgres", "door"]);
        command.clone().debug_assert();
        let help = command.render_long_help().to_string();
        for taught in [
            "rotation rotate --secret-id",
            "rotation settings",
            "SSO",
            "step",
        ] {
            assert!(help.contains(taught), "{taught}");
        }
        let rotate = command.find_subcommand_mut("rotate").expect("a command");
        let help = rotate.render_long_help().to_string();
        assert!(help.contains("[possible values: postgres, door]"), "{help}");
    }

    fn time(arguments: &[&str]) -> Result<Time, clap::Error> {
        let all = ["x", "rotate", "--secret-id", "x"].iter().chain(arguments);
        let matches = command("x", &[]).try_get_matches_from(all)?;
        let parsed = Arguments::from_arg_matches(&matches)?;
        match parsed.command {
            Command::Rotate(rotate) => Ok(rotate.time),
            Command::Step(step) => Ok(step.time),
            _ => panic!("a rotation was asked for"),
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
