//! The arguments of the command line, and their help.

mod time;

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing::level_filters::LevelFilter;

use super::Tool;
use super::abort::Abort;
use super::check::Check;
use super::doctor::Doctor;
use super::pages::{Completions, Man};
use super::plan::Plan;
use super::repair::Repair;
use super::rotate::Rotate;
use super::status::Status;
use super::step::Step;
pub(super) use time::{AFTERMATH, Time, of_a_step, of_the_past};

const ABOUT: &str = "Rotates secrets of AWS Secrets Manager, and says what state they are in.

A function in Lambda rotates a secret: Secrets Manager calls the function four times. This program can take the four steps by itself, \
with the same safeguards, by the credentials of the person who starts it. Any step may be repeated. A rotation that was cut off can \
go on.

The program finds AWS credentials and the Region where AWS's own command line finds them: in the environment, in a profile (also with \
SSO and credential_process), and in the role of a container or an instance.";

#[derive(Debug, Parser)]
#[command(about = "Rotates secrets of AWS Secrets Manager, and says what state they are in", long_about = ABOUT)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Say on stderr what is done. Given twice, it says everything
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Rotate(Rotate),
    Status(Status),
    Check(Check),
    Plan(Plan),
    Doctor(Doctor),
    Repair(Repair),
    Abort(Abort),
    Step(Step),
    Settings(Settings),
    New(New),
    Completions(Completions),
    Man(Man),
    /// One of the program's own commands, by its place among them.
    #[command(skip)]
    Extra(usize, ArgMatches),
}

/// Show the settings of the rotators
///
/// Settings are environment variables, and tags of the secret. Each has one meaning, in Lambda and here. This command changes nothing, and
/// calls no service.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  rotation settings postgres")]
pub(super) struct Settings {
    /// Only the settings of this rotator
    #[arg(value_name = "ROTATOR")]
    pub(super) rotator: Option<String>,
}

/// Make the folder of a new rotator, which passes its tests as it comes
///
/// It makes one folder here. In a checkout of the framework, it makes the folder below rotators/. It changes nothing else. The folder's
/// README says what to write.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  rotation new door")]
pub(super) struct New {
    /// The name of the rotator, as in postgres
    #[arg(value_name = "NAME", value_parser = super::new::name)]
    pub(super) name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Output {
    Text,
    Json,
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
pub(super) fn parse(tool: &Tool) -> Arguments {
    let mut command = of(tool);
    let matches = command.get_matches_mut();
    if let Some((name, of_extra)) = matches.subcommand() {
        let mut extras = tool.extras.iter();
        if let Some(at) = extras.position(|extra| extra.command.get_name() == name) {
            return Arguments {
                command: Command::Extra(at, of_extra.clone()),
                verbose: matches.get_count("verbose"),
            };
        }
    }
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

/// The whole command line, with the program's own commands.
pub(super) fn of(tool: &Tool) -> clap::Command {
    let names: Vec<&'static str> = tool.rotators().map(|about| about.name).collect();
    let extras = tool.extras.iter().map(|extra| extra.command.clone());
    command(&program(), &names).subcommands(extras)
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
  {name} rotate prod/db
  {name} rotate prod/db --local
  {name} rotate prod/db --local --version-id 5e1c9d0a-3c61-4f0e-9f3b-0d6a3c8f7b21
  {name} status prod/db
  {name} check prod/db prod/queue
  {name} check --tag team=payments --output json
  {name} plan prod/db
  {name} doctor prod/db
  {name} repair prod/db
  {name} abort prod/db
  {name} step --event event.json
  {name} settings
  {name} new door

Exit codes:
  0    the command is done
  1    the command failed
  2    the arguments are wrong
  3    a target refuses a credential
  130  Ctrl-C ended it
  143  SIGTERM ended it

An event is what Secrets Manager sends:
  {{\"Step\": \"testSecret\", \"SecretId\": \"arn:…\", \"ClientRequestToken\": \"5e1c9d0a-…\"}}

The settings are environment variables, with the names that the function has in Lambda. The program does not read them from the \
function: set here the variables that are set there."
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
            "rotation rotate prod/db --local",
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

    #[test]
    fn each_command_has_an_example() {
        for command in command("rotation", &[]).get_subcommands_mut() {
            let help = command.render_long_help().to_string();
            let example = format!("rotation {}", command.get_name());
            assert!(
                help.contains("Example") && help.contains(&example),
                "{help}"
            );
        }
    }

    fn time(arguments: &[&str]) -> Result<Time, clap::Error> {
        let all = ["x", "step", "--event", "x"].iter().chain(arguments);
        let matches = command("x", &[]).try_get_matches_from(all)?;
        let parsed = Arguments::from_arg_matches(&matches)?;
        match parsed.command {
            Command::Step(step) => Ok(step.time),
            _ => panic!("a step was asked for"),
        }
    }

    #[test]
    fn no_step_outlives_the_horizon() {
        for timeout in ["10", "1800"] {
            let time = time(&["--timeout", timeout]).expect("understood");
            assert!(time.horizon() >= time.timeout() + AFTERMATH);
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
