//! The command line. The same binary is a command line outside Lambda.

mod arguments;
mod interrupt;
mod rotate;
mod step;

use std::process::ExitCode;
use std::time::Duration;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::aws::AwsStore;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::engine::{Engine, Limits, Report};
use crate::error::RotationError;
use crate::event::Event;
use crate::rotator::Rotator;
use crate::{lambda, process};
use arguments::{Arguments, Command, Time};
use interrupt::Interrupt;

/// The exit code of an interrupted command. It is 128 + SIGINT, as in a shell.
const INTERRUPTED: u8 = 130;

/// What a command works with.
type Local<R> = Engine<R, AwsStore, SystemClock>;

/// Why a command did not do everything.
#[derive(Debug)]
enum Failure {
    /// The command failed. The text is for the person at the screen.
    Failed(String),
    /// Somebody interrupted the command between two steps. The text says how to go on.
    Interrupted(String),
}

impl From<RotationError> for Failure {
    fn from(error: RotationError) -> Self {
        Self::Failed(format!("{error}\n({})", error.error_type()))
    }
}

/// Reads the arguments and does what they say. The exit code is 0 if the command is done, 1 if it failed, 2 if the arguments
/// were not understood, and 130 if it was interrupted.
pub(crate) fn run<R: Rotator>(build: impl FnOnce(&Config) -> Result<R, String>) -> ExitCode {
    let arguments = arguments::parse::<R>();
    log::<R>(&arguments);
    process::silence_panics();
    let interrupt = Interrupt::default();
    let ended = process::block_on(async {
        let command = obey(arguments.command, build, &interrupt);
        interrupt.guard(command, tokio::signal::ctrl_c).await
    });
    match ended {
        Ok(Some(Ok(()))) => ExitCode::SUCCESS,
        Ok(Some(Err(Failure::Failed(text)))) => {
            complain(&text);
            ExitCode::FAILURE
        }
        Ok(Some(Err(Failure::Interrupted(text)))) => {
            complain(&text);
            ExitCode::from(INTERRUPTED)
        }
        Ok(None) => {
            complain(
                "interrupted within a step; a rotation can be gone on with by its --version-id",
            );
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            complain(&format!("the process has no event loop: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn obey<R: Rotator>(
    command: Command,
    build: impl FnOnce(&Config) -> Result<R, String>,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let config = Config::from_env(R::EXCLUDE_CHARACTERS, R::SETTINGS)?;
    // An event is read first: nothing is called for one that is none.
    match command {
        Command::Rotate(arguments) => {
            let engine = process::engine(build, config).await?;
            rotate::run(&engine, &arguments, interrupt).await
        }
        Command::Step(arguments) => {
            let event = step::read(&arguments.event)?;
            let engine = process::engine(build, config).await?;
            step::run(&engine, &event, arguments.time).await
        }
    }
}

/// Runs one step, and shows its line on the screen.
async fn one<R: Rotator>(
    engine: &Local<R>,
    event: &Event,
    time: Time,
    fresh: bool,
) -> Result<(), RotationError> {
    let limits = Limits {
        deadline: engine.clock().now() + Duration::from_secs(time.timeout),
        horizon: Duration::from_secs(time.horizon()),
        function: None,
        fresh,
    };
    let (report, ended) = engine.run(event, &limits).await;
    show(event, &report);
    ended
}

fn show(event: &Event, report: &Report) {
    let line = format!(
        "{:<13} {:<13} {:>7} ms  {}",
        event.step.name(),
        report.outcome.as_str(),
        report.duration.as_millis(),
        lambda::log::answers(report)
    );
    say(line.trim_end());
    for warning in &report.warnings {
        say(&format!("              note: {warning}"));
    }
    if let Some(refused) = report.refused_at_most {
        say(&format!(
            "              AWSCURRENT was refused for {:.1} s at most",
            refused.as_secs_f64()
        ));
    }
}

#[expect(clippy::print_stdout, reason = "a command line speaks to a person")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "a command line speaks to a person")]
fn complain(text: &str) {
    eprintln!("error: {text}");
}

/// Sends the log to stderr. Only progress goes to stdout.
fn log<R>(arguments: &Arguments) {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .without_time();
    let targets = lambda::log::targets::<R>(arguments.level());
    let targets = targets.with_default(arguments.level_of_others());
    let subscriber = tracing_subscriber::registry().with(targets);
    // Fails only if there is one already.
    let _ = subscriber.with(lines).try_init();
}
