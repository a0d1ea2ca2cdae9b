//! What is wrong with a secret, as far as its labels and its target show: for `doctor`, `repair` and `abort`.

use std::time::Duration;

use clap::Args;

use super::Tool;
use super::arguments::Horizon;
use super::known::Steps;
use super::{Failure, choose::choose};
use crate::aws::{AwsStore, Survey};
use crate::clock::{self, minute};
use crate::document::Document;
use crate::engine::{Advice, Examined, Examinee, LabelMove, Limits, Question, kind};
use crate::error::RotationError;
use crate::protocol::Said;
use crate::store::{SecretStore, Which};
use crate::version::{Stage, VersionId};

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
    /// Which rotator the secret is for [default: as its value and its function show]
    #[arg(long, value_name = "NAME")]
    pub(super) rotator: Option<String>,
    /// How many refused logins a user may have for this: some targets lock an account after a few
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    pub(super) refusals: usize,
    #[command(flatten)]
    pub(super) horizon: Horizon,
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
    pub(super) async fn of(tool: &Tool, store: &AwsStore, asked: &Asked) -> Result<Self, Failure> {
        let survey = store.survey(&asked.secret).await;
        let survey = survey.map_err(RotationError::from)?;
        rotates(&survey)?;
        let found = &survey.description;
        let value = any_value(store, &survey).await?;
        let function = found.rotation_function.as_deref();
        let rotator = asked.rotator.as_deref();
        let known = choose(&tool.rotators, rotator, value.as_ref(), function)?;
        let engine = known.engine(store.clone())?;
        let horizon = Duration::from_secs(asked.horizon.seconds());
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

    /// What state that is, by a word for programs and in words for a person.
    pub(super) fn state(&self) -> (&'static str, String) {
        match &self.examined.advice {
            Advice::Healthy => (
                "healthy",
                "The target accepts AWSCURRENT, and no label is out of its place.".into(),
            ),
            Advice::Move(shift) => self.out_of_place(shift),
            Advice::Wait(time) => (
                "under way",
                format!(
                    "A rotation may be at work: its version is younger than --horizon. It can have ended in {} s.",
                    time.as_secs() + 1
                ),
            ),
            Advice::Unclear => (
                "unclear",
                format!(
                    "Nobody knows whether the target accepts AWSCURRENT: {}.",
                    self.reason(&Stage::Current)
                ),
            ),
            Advice::Stuck => ("locked out", self.stuck()),
        }
    }

    /// The command that comes next, or what a person must do.
    pub(super) fn way_out(&self, program: &str) -> String {
        let id = &self.survey.id;
        match &self.examined.advice {
            Advice::Healthy => "Nothing needs to be done.".into(),
            Advice::Move(_) => format!("{program} repair {id}"),
            Advice::Wait(time) => {
                format!("in {} s: {program} doctor {id}", time.as_secs() + 1)
            }
            Advice::Unclear => format!("Mend that. Then: {program} doctor {id}"),
            Advice::Stuck => format!(
                "{program} repair {id} --admin-secret ARN (the secret of an administrator, who then sets AWSCURRENT's password), or set that password at the target by hand"
            ),
        }
    }

    /// A line for each version that was looked at.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut versions = Vec::from_iter(&self.examined.versions);
        versions.sort_by_key(|version| version.made);
        let lines = versions.into_iter().map(|version| {
            let said = match version.said {
                Said::Accepted => "accepted".to_owned(),
                Said::Refused => format!("REFUSED: {}", reason(version)),
                Said::Unclear => format!("unclear: {}", reason(version)),
                Said::Nothing => "not tried".to_owned(),
            };
            format!("  {}: {said}", called(version))
        });
        lines.collect()
    }

    fn out_of_place(&self, shift: &LabelMove) -> (&'static str, String) {
        let to = || {
            shift
                .to
                .as_ref()
                .map_or_else(String::new, |id| self.named(id))
        };
        let from = || {
            shift
                .from
                .as_ref()
                .map_or_else(String::new, |id| self.named(id))
        };
        match &shift.label {
            Stage::Current if self.said(&Stage::Current) == Some(Said::Accepted) => (
                "unfinished",
                format!(
                    "A rotation was cut off before its end. The target accepts AWSCURRENT, and {} too.",
                    to()
                ),
            ),
            Stage::Current if shift.from.is_none() => (
                "no current version",
                format!("No version is AWSCURRENT. The target accepts {}.", to()),
            ),
            Stage::Current => (
                "refused",
                format!(
                    "The target refuses AWSCURRENT ({}). It accepts {}.",
                    self.reason(&Stage::Current),
                    to()
                ),
            ),
            Stage::Pending => (
                "abandoned",
                format!(
                    "A rotation was begun, and did not end: AWSPENDING is on {}. The target accepts AWSCURRENT. No other rotation begins until AWSPENDING is gone, or that rotation ends.",
                    from()
                ),
            ),
            Stage::Previous => (
                "previous",
                format!(
                    "Two users take turns, and AWSPREVIOUS is on {}, of the same user as AWSCURRENT. The other user's is {}.",
                    from(),
                    to()
                ),
            ),
            _ => (
                "left over",
                format!(
                    "An abandoned rotation left {}, which the target refuses. Each rotation waits for it until its mark is gone.",
                    from()
                ),
            ),
        }
    }

    fn stuck(&self) -> String {
        let said = self.examined.versions.iter();
        let refused: Vec<String> = said
            .clone()
            .filter(|version| version.said == Said::Refused)
            .map(|version| format!("{}: {}", called(version), reason(version)))
            .collect();
        let untried = said.filter(|version| version.said == Said::Nothing);
        let untried: Vec<String> = untried.map(called).collect();
        let untried = match untried[..] {
            [] => String::new(),
            _ => format!(
                " Not tried, since refused logins may lock an account (--refusals): {}.",
                untried.join(", ")
            ),
        };
        format!(
            "The target refuses AWSCURRENT, and accepts no other version ({}).{untried}",
            refused.join("; ")
        )
    }

    /// A version with its user and its labels, as in `version 4e3a… (AWSPREVIOUS, user app at db:5432)`.
    pub(super) fn named(&self, id: &VersionId) -> String {
        let version = self
            .examined
            .versions
            .iter()
            .find(|version| version.version == *id);
        version.map_or_else(|| format!("version {id}"), called)
    }

    pub(super) fn said(&self, label: &Stage) -> Option<Said> {
        Some(self.holder(label)?.said)
    }

    fn reason(&self, label: &Stage) -> String {
        let holder = self.holder(label);
        holder.map_or_else(|| format!("no version is {label}"), reason)
    }

    fn holder(&self, label: &Stage) -> Option<&Examinee> {
        let mut versions = self.examined.versions.iter();
        versions.find(|version| version.labels.contains(label))
    }
}

fn called(version: &Examinee) -> String {
    let labels = version.labels.iter();
    let labels = labels.map(|label| match label {
        Stage::Mark(_) => "mark".to_owned(),
        label => label.to_string(),
    });
    let labels = Vec::from_iter(labels);
    let labels = match labels[..] {
        [] => "no label".to_owned(),
        _ => labels.join(" "),
    };
    let user = version.credential.as_ref();
    let user = user.map_or_else(String::new, |(target, user)| {
        format!(", user {user} at {target}")
    });
    format!("version {} ({labels}{user})", version.version)
}

fn reason(version: &Examinee) -> String {
    version.reason.clone().unwrap_or_else(|| "no answer".into())
}

/// Refuses a secret whose labels nobody may move.
fn rotates(survey: &Survey) -> Result<(), Failure> {
    let (id, found) = (&survey.id, &survey.description);
    kind(id, found)?;
    if let Some(deleted) = found.deleted {
        return Err(Failure::Failed(format!(
            "secret {id} will be deleted on {}. To keep it: aws secretsmanager restore-secret --secret-id {id}",
            minute(deleted)
        )));
    }
    Ok(())
}

/// AWSCURRENT's value; without one, any that has a label.
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

/// The versions without a label, the newest first.
fn unlabelled(survey: &Survey) -> Vec<VersionId> {
    let mut made: Vec<_> = survey.made.iter().flatten().collect();
    made.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    let stages = &survey.description.stages;
    let without = made.into_iter().filter(|(id, _)| !stages.contains(id));
    without.map(|(id, _)| id.clone()).take(UNLABELLED).collect()
}
