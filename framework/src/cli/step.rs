//! One step from an event.

use std::io::Read;
use std::path::Path;

use super::arguments::Time;
use super::{Failure, Local, one};
use crate::error::RotationError;
use crate::event::Event;
use crate::rotator::Rotator;

/// The event in `file`. If `file` is `-`, it is read from stdin.
pub(super) fn read(file: &Path) -> Result<Event, Failure> {
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

/// Runs the step as Lambda would, except that it does not check whether the secret names this function.
pub(super) async fn run<R: Rotator>(
    engine: &Local<R>,
    event: &Event,
    time: Time,
) -> Result<(), Failure> {
    Ok(one(engine, event, time, false).await?)
}
