//! One step from an event.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::Time;
use super::{Failure, Tool, one};
use crate::engine::kind;
use crate::error::RotationError;
use crate::event::Event;

/// Run a single step from an event, as Secrets Manager sends it
///
/// It is for people who write rotators. It makes the same changes as the function in this step, at the target and in Secrets Manager. It
/// does not check that the secret names a function.
///
/// Rights: the rights of the function's role. This machine must reach the target.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  rotation step --event event.json\n  echo '{\"Step\": \"testSecret\", …}' | rotation step --event -"
)]
pub(super) struct Step {
    /// A file with the event's JSON. The name - means stdin
    #[arg(long, value_name = "FILE")]
    pub(super) event: PathBuf,
    /// The rotator for this secret [default: as the secret's value and its function show]
    #[arg(long, value_name = "NAME")]
    pub(super) rotator: Option<String>,
    #[command(flatten)]
    pub(super) time: Time,
}

/// Runs the step as Lambda would, except that it does not check whether the secret names this function. An event is read first:
/// nothing is called for one that is none.
pub(super) async fn run(tool: &Tool, arguments: &Step) -> Result<(), Failure> {
    let event = read(&arguments.event)?;
    let store = tool.store().await?;
    let found = store.find(event.secret_id.as_str()).await;
    let (secret_id, description) = found.map_err(RotationError::from)?;
    kind(&secret_id, &description)?;
    let rotator = arguments.rotator.as_deref();
    let known = tool.of(&store, &secret_id, &description, rotator).await?;
    let engine = known.engine(store)?;
    Ok(one(engine.as_ref(), &event, arguments.time, false).await?)
}

/// The event in `file`. If `file` is `-`, it is read from stdin.
fn read(file: &Path) -> Result<Event, Failure> {
    let stdin = file == Path::new("-");
    let text = if stdin {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text
        .map_err(|error| Failure::Failed(format!("{} cannot be read: {error}", file.display())))?;
    Ok(Event::parse(&text).map_err(RotationError::from)?)
}
