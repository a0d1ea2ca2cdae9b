//! The command line: one program for all rotators.

mod abort;
mod arguments;
mod around;
mod check;
mod choose;
mod diagnosis;
mod doctor;
mod extra;
mod interrupt;
mod known;
mod new;
mod pages;
mod plan;
mod repair;
mod rotate;
mod screen;
mod settings;
mod status;
mod step;

use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::aws::AwsStore;
use crate::aws::connect::Access;
use crate::config::Config;
use crate::engine::{Limits, Report};
use crate::error::{RotationError, help};
use crate::event::Event;
use crate::rotator::Rotator;
use crate::store::{Description, SecretStore, Which};
use crate::version::{SecretId, Stage};
use crate::{clock, log, process};
use arguments::{Arguments, Command, Time};
use choose::choose;
use extra::Extra;
pub use extra::Person;
use interrupt::Interrupt;
pub use known::About;
use known::{Known, Steps};
use screen::{Log, complain, say};

/// The exit code of a check that found a credential which its target refuses.
const REFUSED: u8 = 3;

/// The command line, with the rotators that it knows.
///
/// ```no_run
/// # use rotation::{Context, GenerateContext, HookError, Rotator};
/// # fn tool<Door: Rotator>(build: fn(&rotation::config::Config) -> Result<Door, String>) -> std::process::ExitCode {
/// rotation::tool().rotator(build).run()
/// # }
/// ```
#[must_use]
pub struct Tool {
    rotators: Vec<Known>,
    extras: Vec<Extra>,
}

/// A command line that knows no rotator yet.
pub fn tool() -> Tool {
    Tool {
        rotators: Vec::new(),
        extras: Vec::new(),
    }
}

impl Tool {
    /// Adds a rotator. `build` makes it by the settings in the environment, as in Lambda.
    pub fn rotator<R: Rotator>(
        mut self,
        build: impl Fn(&Config) -> Result<R, String> + 'static,
    ) -> Self {
        self.rotators.push(Known::new(build));
        self
    }

    /// The rotators' descriptions of themselves. They are for programs that show settings, or check a template.
    pub fn rotators(&self) -> impl Iterator<Item = &About> {
        self.rotators.iter().map(|known| &known.about)
    }

    /// Reads the arguments and does what they say. The exit code is one of these:
    ///
    /// | Code | Meaning |
    /// |---|---|
    /// | 0 | The command is done. |
    /// | 1 | It failed. |
    /// | 2 | The arguments were not understood. |
    /// | 3 | A target refuses a credential that was checked. |
    /// | 130 | Ctrl-C ended the command. |
    /// | 143 | SIGTERM ended the command. |
    pub fn run(self) -> ExitCode {
        let arguments = arguments::parse(&self);
        self.log(&arguments);
        process::silence_panics();
        let interrupt = Rc::new(Interrupt::default());
        let ended = process::block_on(async {
            let command = self.obey(arguments.command, &interrupt);
            interrupt.guard(command, interrupt::signal).await
        });
        match ended {
            Ok(Some(Ok(()))) => ExitCode::SUCCESS,
            Ok(Some(Err(Failure::Failed(text)))) => {
                complain(&text);
                ExitCode::FAILURE
            }
            Ok(Some(Err(Failure::Refused(text)))) => {
                complain(&text);
                ExitCode::from(REFUSED)
            }
            Ok(Some(Err(Failure::Told { refused }))) => match refused {
                true => ExitCode::from(REFUSED),
                false => ExitCode::FAILURE,
            },
            Ok(Some(Err(Failure::Interrupted(text)))) => {
                complain(&text);
                ExitCode::from(interrupt.exit_code())
            }
            Ok(None) => {
                complain(
                    "interrupted within a step. Go on with the rotation by rotate --local --version-id",
                );
                ExitCode::from(interrupt.exit_code())
            }
            Err(error) => {
                complain(&format!("the process has no event loop: {error}"));
                ExitCode::FAILURE
            }
        }
    }

    async fn obey(&self, command: Command, interrupt: &Rc<Interrupt>) -> Result<(), Failure> {
        match command {
            Command::Rotate(arguments) => rotate::run(self, &arguments, interrupt).await,
            Command::Status(arguments) => status::run(self, &arguments).await,
            Command::Check(arguments) => check::run(self, &arguments).await,
            Command::Doctor(arguments) => doctor::run(self, &arguments).await,
            Command::Repair(arguments) => repair::run(self, &arguments, interrupt).await,
            Command::Abort(arguments) => abort::run(self, &arguments, interrupt).await,
            Command::Plan(arguments) => plan::run(self, &arguments).await,
            Command::Step(arguments) => step::run(self, &arguments).await,
            Command::New(arguments) => new::run(&arguments.name),
            Command::Completions(arguments) => pages::completions(self, &arguments),
            Command::Man(arguments) => pages::man(self, &arguments),
            Command::Extra(at, matches) => self.extras[at].obey(&matches, interrupt).await,
            Command::Settings(arguments) => {
                settings::show(&self.rotators, arguments.rotator.as_deref());
                Ok(())
            }
        }
    }

    /// The store, by the settings that do not depend on a rotator.
    async fn store(&self) -> Result<AwsStore, Failure> {
        Ok(AwsStore::of(self.access().await?))
    }

    /// How AWS is called, by the same settings.
    async fn access(&self) -> Result<Access, Failure> {
        let rotators = self.rotators.iter();
        let settings: Vec<_> = rotators
            .flat_map(|known| known.about.settings)
            .copied()
            .collect();
        // For the life of the process, as a rotator's own are.
        let config = Config::from_env("", settings.leak())?;
        Ok(Access::find(&config).await?)
    }

    /// The rotator of this secret: see [`choose`].
    async fn of(
        &self,
        store: &AwsStore,
        secret: &SecretId,
        description: &Description,
        asked: Option<&str>,
    ) -> Result<&Known, Failure> {
        let value = match asked {
            Some(_) => None,
            None => {
                let found = store.value(secret, Which::Stage(Stage::Current)).await;
                found.map_err(RotationError::from)?
            }
        };
        let value = value.as_ref().map(|version| &version.value);
        let function = description.rotation_function.as_deref();
        choose(&self.rotators, asked, value, function)
    }

    /// Sends the log to stderr. Only progress goes to stdout.
    fn log(&self, arguments: &Arguments) {
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(|| Log)
            .with_ansi(false)
            .with_target(false)
            .without_time();
        let rotators = self.rotators.iter().map(|known| known.in_crate);
        let targets = log::targets(arguments.level(), rotators);
        let targets = targets.with_default(arguments.level_of_others());
        let subscriber = tracing_subscriber::registry().with(targets);
        // Fails only if there is one already.
        let _ = subscriber.with(lines).try_init();
    }
}

/// Why a command did not do everything.
#[derive(Debug)]
enum Failure {
    /// The command failed. The text is for the person at the screen.
    Failed(String),
    /// The command was done, and a target refuses a credential.
    Refused(String),
    /// The command was done, and has said on the screen what is wrong.
    Told {
        /// A target refuses a credential.
        refused: bool,
    },
    /// Somebody interrupted the command between two steps. The text says how to go on.
    Interrupted(String),
}

impl Failure {
    fn text(&self) -> &str {
        match self {
            Self::Failed(text) | Self::Refused(text) | Self::Interrupted(text) => text,
            Self::Told { .. } => "",
        }
    }
}

impl From<RotationError> for Failure {
    fn from(error: RotationError) -> Self {
        Self::Failed(explained(&error))
    }
}

/// The error, its type, and where a person reads on.
fn explained(error: &RotationError) -> String {
    let error_type = error.error_type();
    format!("{error}\n({error_type}) Help: {}", help(error_type))
}

/// Runs one step, and shows its line on the screen.
async fn one(
    engine: &dyn Steps,
    event: &Event,
    time: Time,
    fresh: bool,
) -> Result<(), RotationError> {
    let deadline: SystemTime = clock::now() + Duration::from_secs(time.timeout());
    let mut limits = Limits::new(deadline, Duration::from_secs(time.horizon()));
    limits.fresh = fresh;
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
        log::answers(report)
    );
    say(line.trim_end());
    for warning in &report.warnings {
        say(&format!("              note: {warning}"));
    }
    if let Some(refused) = report.refused_at_most {
        say(&format!(
            "              AWSCURRENT may have been refused for {:.1} s",
            refused.as_secs_f64()
        ));
    }
}
