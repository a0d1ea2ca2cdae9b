//! A check: whether the target accepts AWSCURRENT, when somebody asks the function on a schedule.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::clock::Clock;
use crate::engine::{Engine, Limits, Outcome, Report, in_words};
use crate::error::RotationError;
use crate::rotator::{Rejection, Rotator};
use crate::store::SecretStore;
use crate::version::{SecretId, Stage, VersionId};

/// All that the caller is told: names and reasons are in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Accepted,
    Refused,
}

/// What this sandbox was refused. It is not tried again, so that whoever may call the function costs an account one failed login
/// for each sandbox and version.
#[derive(Default)]
pub(super) struct Refused(Mutex<HashSet<(SecretId, VersionId)>>);

impl Refused {
    fn has(&self, secret: &SecretId, version: &VersionId) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.contains(&(secret.clone(), version.clone()))
    }

    fn add(&self, secret: &SecretId, version: &VersionId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((secret.clone(), version.clone()));
    }
}

/// Logs in with AWSCURRENT, unless this sandbox was refused with it before. Only a secret that names this function is checked.
pub(super) async fn run<R: Rotator, S: SecretStore, C: Clock>(
    engine: &Engine<R, S, C>,
    secret: &SecretId,
    limits: &Limits,
    refused: &Refused,
) -> (Report, Result<Verdict, RotationError>) {
    match answer(engine, secret, limits, refused).await {
        Ok(answer) => (report(answer.as_ref().copied()), Ok(verdict(&answer))),
        Err(error) => (Report::default(), Err(error)),
    }
}

async fn answer<R: Rotator, S: SecretStore, C: Clock>(
    engine: &Engine<R, S, C>,
    secret: &SecretId,
    limits: &Limits,
    refused: &Refused,
) -> Result<Result<(), Rejection>, RotationError> {
    let version = engine.current(secret, limits).await?;
    if refused.has(secret, &version) {
        return Ok(Err(Rejection::new(
            "this sandbox was refused with this version before, and does not try it again",
        )));
    }
    let checked = engine
        .check(secret, &version, &Stage::Current, limits)
        .await?;
    if checked.answer.is_err() {
        refused.add(secret, &version);
    }
    Ok(checked.answer)
}

fn verdict(answer: &Result<(), Rejection>) -> Verdict {
    match answer {
        Ok(()) => Verdict::Accepted,
        Err(_) => Verdict::Refused,
    }
}

fn report(answer: Result<(), &Rejection>) -> Report {
    let mut report = Report {
        outcome: Outcome::Done,
        current_refused: Some(answer.is_err()),
        ..Report::default()
    };
    if let Err(rejection) = answer {
        report.warnings.push(format!(
            "the target refuses AWSCURRENT ({}): whoever logs in with it now fails. Store a credential that works as AWSCURRENT, or set \
            AWSCURRENT's on the target",
            rejection.reason()
        ));
    }
    let label = Stage::Current.to_string();
    report.answers.push((label, in_words(answer)));
    report
}
