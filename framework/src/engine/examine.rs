//! What the target says to the versions of a secret, and which label may move for it. Nothing is written, neither in Secrets Manager nor at
//! the target.

use std::time::{Duration, SystemTime};

use futures_util::future::join_all;

use crate::clock::Clock;
use crate::document::DocumentError;
use crate::error::RotationError;
use crate::event::{Event, Step};
use crate::protocol::{self, Dates, Held, Id, Label, Labelled, Remedy, Said, Who};
use crate::rotator::{Payload, Rotator, Succession};
use crate::secret::printable;
use crate::store::{Description, SecretStore, Which};
use crate::version::{SecretId, Stage, VersionId};

use super::Engine;
use super::attempt::Attempt;
use super::explain::no_current;
use super::report::Limits;

/// What an examination found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Examined {
    /// The versions that were looked at.
    pub versions: Vec<Examinee>,
    /// What may be done.
    pub advice: Advice,
}

/// A version that was looked at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Examinee {
    /// Which one.
    pub version: VersionId,
    /// Its labels.
    pub labels: Vec<Stage>,
    /// When it was made. `None` if it has no value.
    pub made: Option<SystemTime>,
    /// Where its credential belongs, and whose it is. `None` if the value cannot be used.
    pub credential: Option<(String, String)>,
    /// What the target said.
    pub said: Said,
    /// Why it said that, or why there is no answer.
    pub reason: Option<String>,
}

/// What may be done with the labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// The target accepts AWSCURRENT, and no label is out of its place.
    Healthy,
    /// A label may move.
    Move(LabelMove),
    /// A rotation may be at work for so long.
    Wait(Duration),
    /// Nobody knows whether the target accepts AWSCURRENT.
    Unclear,
    /// The target refuses AWSCURRENT, and accepts nothing else that was tried.
    Stuck,
}

/// One call of UpdateSecretVersionStage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelMove {
    /// The label.
    pub label: Stage,
    /// The version that has it.
    pub from: Option<VersionId>,
    /// The version that gets it. If there is none, the label is taken off.
    pub to: Option<VersionId>,
}

/// What is to be examined.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The secret.
    pub secret: &'a SecretId,
    /// What DescribeSecret said of it.
    pub description: &'a Description,
    /// Versions without a label, the newest first. They are tried if the target accepts no other one.
    pub unlabelled: &'a [VersionId],
    /// How many refused logins a user may have for this.
    pub most: usize,
}

impl<R: Rotator, S: SecretStore, C: Clock> Engine<R, S, C> {
    /// Logs in with AWSCURRENT's credential, and with others as far as something may have to be done about them. A refusal is an answer,
    /// not an error. The target may count it as a failed login.
    ///
    /// # Errors
    /// The versions cannot be read.
    pub async fn examine(
        &self,
        question: Question<'_>,
        limits: &Limits,
    ) -> Result<Examined, RotationError> {
        let secret = question.secret;
        let stages = &question.description.stages;
        let current = stages.holder(&Stage::Current);
        let any = current.or_else(|| stages.versions().next().map(|(id, _)| id));
        let any = any.ok_or_else(|| no_current(secret))?;
        let event = Event::new(Step::TestSecret, secret.clone(), any.clone());
        let (rotator, store) = (&self.rotator, &self.store);
        let attempt = Attempt::new(rotator, store, &self.clock, &self.config, &event, limits);
        let mut examination = Examination {
            attempt,
            question,
            held: Vec::new(),
            reasons: Vec::new(),
        };
        let examined = examination.run().await;
        examined.map_err(RotationError::shown)
    }
}

struct Examination<'a, R: Rotator, S, C> {
    attempt: Attempt<'a, R, S, C>,
    question: Question<'a>,
    held: Vec<Held>,
    reasons: Vec<(Id, String)>,
}

impl<R: Rotator, S: SecretStore, C: Clock> Examination<'_, R, S, C> {
    async fn run(&mut self) -> Result<Examined, RotationError> {
        let stages = &self.question.description.stages;
        let labelled: Vec<VersionId> = stages.versions().map(|(id, _)| id.clone()).collect();
        self.read(&labelled).await?;
        let mut unlabelled = self.question.unlabelled;
        loop {
            match protocol::remedy(&self.held, self.dates(), self.question.most) {
                Remedy::Try(id) => self.ask(id).await,
                Remedy::Stuck if !unlabelled.is_empty() => {
                    self.read(unlabelled).await?;
                    unlabelled = &[];
                }
                ended => return Ok(self.examined(ended)),
            }
        }
    }

    async fn read(&mut self, versions: &[VersionId]) -> Result<(), RotationError> {
        let attempt = &self.attempt;
        let reads = versions
            .iter()
            .map(|id| attempt.read(Which::Version(id.clone())));
        let read: Result<Vec<_>, RotationError> = join_all(reads).await.into_iter().collect();
        let stages = &self.question.description.stages;
        let labelled = self.attempt.knowledge.labelled(stages);
        for (version, known) in versions.iter().zip(read?) {
            let unusable = match &known {
                None => Some((Said::Unclear, "it has no value".to_owned())),
                Some(known) => known.payload.as_ref().err().map(unusable),
            };
            let knowledge = &mut self.attempt.knowledge;
            let seen = known.map(|known| knowledge.keep(self.attempt.rotator, known));
            let id = knowledge.number(version);
            let labels = Labelled::find(&labelled, id);
            if labels.current {
                knowledge.current = Some(id);
            }
            self.held.push(Held {
                labels,
                made: seen.map(|seen| seen.created),
                value: seen.and_then(|seen| seen.value),
                said: unusable.as_ref().map_or(Said::Nothing, |(said, _)| *said),
            });
            self.reasons
                .extend(unusable.map(|(_, reason)| (id, reason)));
        }
        Ok(())
    }

    fn dates(&self) -> Dates {
        let changed = self.question.description.changed;
        Dates {
            settled: self.under_way().is_zero(),
            quiet: changed.is_some_and(|changed| self.to_go(changed).is_zero()),
        }
    }

    /// How much of a horizon is left since then.
    fn to_go(&self, then: SystemTime) -> Duration {
        self.attempt.until(then + self.attempt.limits.horizon)
    }

    async fn ask(&mut self, id: Id) {
        let answer = match self.payloads(id) {
            Ok((payload, replaces)) => self.attempt.login(payload, replaces).await,
            Err(error) => Err(error),
        };
        let (said, reason) = match answer {
            Ok(Ok(())) => (Said::Accepted, None),
            Ok(Err(rejection)) => (Said::Refused, Some(rejection.reason().to_owned())),
            Err(error) => (Said::Unclear, Some(error.to_string())),
        };
        for held in self.held.iter_mut().filter(|held| held.labels.id == id) {
            held.said = said;
        }
        self.reasons.extend(reason.map(|reason| (id, reason)));
    }

    /// The credential of a version. Of two users, the one that may become current must be allowed to do what the other one may.
    fn payloads(&self, id: Id) -> Result<(&R::Payload, Option<&R::Payload>), RotationError> {
        let knowledge = &self.attempt.knowledge;
        let payload = knowledge.payload(Who::Orphan(id))?;
        let alternate = self.attempt.rotator.succession(payload) == Succession::Alternate;
        let current = knowledge.payload(Who::Current).ok();
        let replaces = current.filter(|current| {
            alternate
                && current.target() == payload.target()
                && current.principal() != payload.principal()
        });
        Ok((payload, replaces))
    }

    fn examined(&self, ended: Remedy) -> Examined {
        let versions = self.held.iter().map(|held| self.examinee(held));
        Examined {
            versions: versions.flatten().collect(),
            advice: self.advice(ended),
        }
    }

    fn examinee(&self, held: &Held) -> Option<Examinee> {
        let shown = |text: &str| printable(text, usize::MAX);
        let knowledge = &self.attempt.knowledge;
        let version = knowledge.id(held.labels.id)?;
        let mut labelled = self.question.description.stages.versions();
        let labels = labelled.find(|(id, _)| *id == version);
        let payload = knowledge.payload(Who::Orphan(held.labels.id)).ok();
        let reason = self.reasons.iter().find(|(id, _)| *id == held.labels.id);
        Some(Examinee {
            version: version.clone(),
            labels: labels.map_or_else(Vec::new, |(_, labels)| labels.to_vec()),
            made: held.made,
            credential: payload.map(|p| (shown(&p.target()), shown(p.principal()))),
            said: held.said,
            reason: reason.map(|(_, reason)| shown(reason)),
        })
    }

    fn advice(&self, ended: Remedy) -> Advice {
        let named = |id: Option<Id>| id.and_then(|id| self.attempt.knowledge.id(id)).cloned();
        match ended {
            Remedy::Wait => Advice::Wait(self.under_way()),
            Remedy::Move(shift) => {
                let (from, to) = (named(shift.from), named(shift.to));
                let label = match (shift.label, &from) {
                    (Label::Current, _) => Stage::Current,
                    (Label::Pending, _) => Stage::Pending,
                    (Label::Previous, _) => Stage::Previous,
                    (Label::Mark, Some(from)) => Stage::Mark(from.clone()),
                    (Label::Mark, None) => return Advice::Healthy,
                };
                Advice::Move(LabelMove { label, from, to })
            }
            Remedy::Healthy => Advice::Healthy,
            Remedy::Unclear => Advice::Unclear,
            Remedy::Stuck | Remedy::Try(_) => Advice::Stuck,
        }
    }

    /// How long the rotation under way may still be at work, by the age of its version. A version without a value is as old as the
    /// secret's last change.
    fn under_way(&self) -> Duration {
        let pending = self
            .held
            .iter()
            .find(|held| held.labels.pending && !held.labels.current);
        let made = pending.and_then(|held| held.made.or(self.question.description.changed));
        made.map_or(Duration::ZERO, |made| self.to_go(made))
    }
}

/// A value that does not go with the settings may be right, and the settings wrong.
fn unusable(problem: &DocumentError) -> (Said, String) {
    let said = match problem {
        DocumentError::Whole(_) => Said::Unclear,
        _ => Said::Refused,
    };
    (said, format!("it {problem}"))
}
