//! What is wrong with a secret, as far as its labels and its target show: for `doctor`, `repair` and `abort`.

mod words;

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::Tool;
use super::arguments::{AFTERMATH, Time, of_the_past};
use super::known::Steps;
use super::{Failure, choose::choose};
use crate::aws::around::Api;
use crate::aws::around::function::configuration;
use crate::aws::connect::Access;
use crate::aws::{AwsStore, Survey};
use crate::clock::{self, minute};
use crate::document::Document;
use crate::engine::{Examined, Examinee, Limits, Question, kind};
use crate::error::RotationError;
use crate::protocol::Said;
use crate::store::{SecretStore, Which};
use crate::version::{SecretId, Stage, VersionId};
pub(super) use words::again;

/// The longest time for all logins.
const LIMIT: Duration = Duration::from_secs(300);
/// At most so many versions without a label are tried.
const UNLABELLED: usize = 5;

/// What each of the commands takes.
#[derive(Args, Clone, Debug)]
pub(super) struct Asked {
    /// The secret's ARN or name
    #[arg(value_name = "SECRET")]
    pub(super) secret: String,
    /// The rotator for this secret [default: as the secret's value and its function show]
    #[arg(long, value_name = "NAME")]
    pub(super) rotator: Option<String>,
    /// The most refused logins that this command may cause for a user. Some targets lock an account after a few
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    pub(super) refusals: usize,
    /// An abandoned rotation may still be at work for so many seconds [default: the function's time-out and 15 more, if Lambda tells the
    /// time-out. Otherwise 1815]
    #[arg(long, value_name = "SECONDS", value_parser = of_the_past())]
    pub(super) horizon: Option<u64>,
}

/// A version, for the screen and for programs.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) version: String,
    pub(super) made: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) target: Option<String>,
    pub(super) principal: Option<String>,
    /// `accepted`, `refused`, `unclear`, or `not tried`.
    pub(super) verdict: &'static str,
    pub(super) reason: Option<String>,
}

/// What stands in the way, and what comes next.
pub(super) struct Cause {
    pub(super) text: String,
    /// `None` if the text says what to mend.
    pub(super) next: Option<String>,
}

/// A secret at one moment.
pub(super) struct Diagnosis {
    pub(super) survey: Survey,
    pub(super) engine: Box<dyn Steps>,
    pub(super) rotator: &'static str,
    /// What the target said to the versions.
    pub(super) examined: Examined,
}

impl Diagnosis {
    /// Asks Secrets Manager and the target. Nothing is changed.
    pub(super) async fn find(
        tool: &Tool,
        (access, store): (&Access, &AwsStore),
        asked: &Asked,
    ) -> Result<Self, Cause> {
        let survey = store.survey(&asked.secret).await;
        let survey = survey.map_err(RotationError::from)?;
        Self::of(tool, (access, store), (survey, None), asked).await
    }

    /// The same for a secret that Secrets Manager has shown, perhaps with AWSCURRENT's value.
    pub(super) async fn of(
        tool: &Tool,
        (access, store): (&Access, &AwsStore),
        (survey, value): (Survey, Option<Document>),
        asked: &Asked,
    ) -> Result<Self, Cause> {
        may_move(&survey)?;
        let found = &survey.description;
        let value = match value {
            Some(value) => Some(value),
            None => any_value(store, &survey).await?,
        };
        let value = value.ok_or_else(|| empty(&survey.id))?;
        let function = found.rotation_function.as_deref();
        let rotator = asked.rotator.as_deref();
        let known = choose(&tool.rotators, rotator, Some(&value), function)?;
        let engine = known.engine(store.clone())?;
        let horizon = horizon(access, asked, function).await;
        let question = Question {
            secret: &survey.id,
            description: found,
            unlabelled: &unlabelled(&survey),
            most: asked.refusals,
        };
        let limits = Limits::new(clock::now() + LIMIT, horizon);
        let examined = engine.examine(question, &limits).await?;
        Ok(Self {
            rotator: known.about.name,
            survey,
            engine,
            examined,
        })
    }

    pub(super) fn said(&self, label: &Stage) -> Option<Said> {
        Some(self.holder(label)?.said)
    }

    /// The target refuses AWSCURRENT's credential. It is no such answer if the value holds no credential.
    pub(super) fn refuses_current(&self) -> bool {
        let current = self.holder(&Stage::Current);
        current.is_some_and(|current| current.said == Said::Refused && current.credential.is_some())
    }

    /// AWSCURRENT's value holds no credential that the rotator can use.
    fn current_is_unusable(&self) -> bool {
        let current = self.holder(&Stage::Current);
        current.is_some_and(|current| current.credential.is_none())
    }

    fn holder(&self, label: &Stage) -> Option<&Examinee> {
        let mut versions = self.examined.versions.iter();
        versions.find(|version| version.labels.contains(label))
    }
}

/// How long an invocation may still be at work: as the person says, or by the function's time-out, if Lambda tells that.
async fn horizon(access: &Access, asked: &Asked, function: Option<&str>) -> Duration {
    let mut horizon = asked.horizon;
    if let (None, Some(function)) = (horizon, function) {
        let api = Api::at(access, function);
        let found = configuration(&api, function).await;
        horizon = found.ok().flatten().map(|found| found.timeout + AFTERMATH);
    }
    Duration::from_secs(Time::new(None, horizon).horizon())
}

/// Refuses a secret whose labels nobody may move, and one that holds nothing.
fn may_move(survey: &Survey) -> Result<(), Cause> {
    let (id, found) = (&survey.id, &survey.description);
    kind(id, found).map_err(|error| Cause {
        text: error.to_string(),
        next: Some("Do there what the cause says: nothing can be done here.".into()),
    })?;
    if let Some(deleted) = found.deleted {
        return Err(Cause {
            text: format!("secret {id} will be deleted on {}", minute(deleted)),
            next: Some(format!(
                "aws secretsmanager restore-secret --secret-id {id}"
            )),
        });
    }
    Ok(())
}

/// AWSCURRENT's value. If there is none, any value that has a label.
async fn any_value(store: &AwsStore, survey: &Survey) -> Result<Option<Document>, RotationError> {
    let stages = &survey.description.stages;
    let current = stages.holder(&Stage::Current);
    let others = stages.versions().map(|(id, _)| id);
    for id in current.into_iter().chain(others) {
        let read = store.value(&survey.id, Which::Version(id.clone())).await?;
        if let Some(version) = read {
            return Ok(Some(version.value));
        }
    }
    Ok(None)
}

fn empty(id: &SecretId) -> Cause {
    Cause {
        text: format!("secret {id} has no value yet: there is nothing to rotate"),
        next: Some(format!(
            "aws secretsmanager put-secret-value --secret-id {id} --secret-string file://value.json"
        )),
    }
}

impl From<Failure> for Cause {
    fn from(failure: Failure) -> Self {
        Self {
            text: failure.text().to_owned(),
            next: None,
        }
    }
}

impl From<RotationError> for Cause {
    fn from(error: RotationError) -> Self {
        Self {
            text: error.to_string(),
            next: None,
        }
    }
}

impl From<Cause> for Failure {
    fn from(Cause { text, next }: Cause) -> Self {
        let next = next.map_or_else(String::new, |next| format!("\nNext: {next}"));
        Self::Failed(format!("{text}{next}"))
    }
}

/// The versions without a label, the newest first.
fn unlabelled(survey: &Survey) -> Vec<VersionId> {
    let mut made: Vec<_> = survey.made.iter().flatten().collect();
    made.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    let stages = &survey.description.stages;
    let without = made.into_iter().filter(|(id, _)| !stages.contains(id));
    without.map(|(id, _)| id.clone()).take(UNLABELLED).collect()
}
