//! The calls to Secrets Manager, each for one [`Next`], and the waits.

use std::time::Duration;

use futures_util::future::join_all;

use crate::clock::Clock;
use crate::document::Document;
use crate::error::{RotationError, StoreError, StoreErrorKind};
use crate::event::Step;
use crate::password::PasswordPolicy;
use crate::protocol::{Id, Labels, Who};
use crate::rotator::{Payload, Rotator, Succession};
use crate::store::{SecretStore, Swap, Which};
use crate::version::{SecretId, Stage, VersionId};

use super::attempt::{Attempt, Learned};
use super::calls::PATIENCE;
use super::known::Known;

/// Secrets Manager allows 20 labels on a secret.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>.
pub(crate) const MAX_LABELS: usize = 20;

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// Makes a call to Secrets Manager. It is an error if there is no answer in time.
    pub(super) async fn ask<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, RotationError> {
        Ok(self.bounded("Secrets Manager", operation, call).await??)
    }

    /// Reads a version and parses it.
    pub(super) async fn read(
        &self,
        which: Which,
    ) -> Result<Option<Known<R::Payload>>, RotationError> {
        let version = self
            .ask(
                "GetSecretValue",
                self.store.value(&self.event.secret_id, which),
            )
            .await?;
        Ok(version.map(|version| Known::read(self.rotator, version)))
    }

    /// The administrator's secret, if `payload` names one. After `lock`, the rest of the step uses the value that was read
    /// then.
    pub(super) async fn admin(
        &self,
        payload: &R::Payload,
    ) -> Result<Option<Document>, RotationError> {
        let Some(arn) = self.admin_named(payload)? else {
            return Ok(None);
        };
        if let Some(known) = &self.knowledge.admin {
            return Ok(Some(known.clone()));
        }
        self.admin_of(arn).await.map(Some)
    }

    /// The value of the administrator's secret with this ARN.
    pub(super) async fn admin_of(&self, arn: &str) -> Result<Document, RotationError> {
        let wrong = |problem: &str| wrong_admin(arn, problem);
        match self.ask("GetSecretValue", self.store.admin(arn)).await {
            Ok(Some(document)) => Ok(document),
            Ok(None) => Err(wrong("has no current value")),
            // Nobody has to correct anything.
            Err(RotationError::Store(error)) if error.kind == StoreErrorKind::Unavailable => {
                let message = format!("the admin secret: {}", error.message);
                Err(StoreError { message, ..error }.into())
            }
            Err(RotationError::Store(error)) => Err(wrong(&format!("cannot be read: {error}"))),
            Err(error) => Err(error),
        }
    }

    /// The ARN of the administrator's secret, if `payload` names one. An ARN that cannot be one is an error.
    pub(super) fn admin_named<'p>(
        &self,
        payload: &'p R::Payload,
    ) -> Result<Option<&'p str>, RotationError> {
        let named = payload.admin_secret();
        named.map(|arn| self.may_be_admin(arn)).transpose()
    }

    /// The same ARN, if it can be that of an administrator's secret.
    pub(super) fn may_be_admin<'p>(&self, arn: &'p str) -> Result<&'p str, RotationError> {
        let problem = match SecretId::parse(arn) {
            None => "is not named by a full ARN: correct the key masterarn",
            Some(id) if id == self.event.secret_id => {
                "is this very secret: name the administrator's own secret"
            }
            Some(id) if id.place() != self.event.secret_id.place() => {
                "is in another account or Region: keep both secrets together"
            }
            Some(id) if id.is_made_by("redshift") => {
                "was made by Amazon Redshift, for which no rotator is here: name the secret of an administrator of this secret's own target"
            }
            Some(_) => return Ok(arn),
        };
        Err(wrong_admin(arn, problem))
    }

    pub(super) async fn describe(&self) -> Result<Learned<R>, RotationError> {
        let began = self.clock.now();
        loop {
            let asked = self.clock.now();
            let answer = self
                .ask("DescribeSecret", self.store.describe(&self.event.secret_id))
                .await?;
            // As a function is attached, an answer may be from before that.
            let attached = self.limits.function.is_none() || answer.rotation_function.is_some();
            let waited = asked.duration_since(began).unwrap_or_default();
            if attached || waited >= PATIENCE || self.spare().is_zero() {
                return Ok(Learned::Labels(answer, asked));
            }
            self.clock.sleep(Duration::from_secs(1)).await;
        }
    }

    /// How to read my version. A step that makes no DescribeSecret beside this read asks for the label too.
    pub(super) fn mine(&self) -> Which {
        let me = self.event.version_id.clone();
        match self.event.step {
            Step::CreateSecret | Step::FinishSecret => Which::Version(me),
            Step::SetSecret | Step::TestSecret => Which::Both(me, Stage::Pending),
        }
    }

    pub(super) async fn read_previous(&self) -> Result<Learned<R>, RotationError> {
        let labels = self.view.labels.as_ref();
        let number = labels.and_then(|labels| labels.previous);
        let id = number.and_then(|number| self.knowledge.id(number));
        let (Some(number), Some(id)) = (number, id) else {
            return Err(RotationError::Versions("no version is AWSPREVIOUS".into()));
        };
        let read = self.read(Which::Version(id.clone())).await?;
        Ok(Learned::Previous(number, read))
    }

    pub(super) async fn read_orphans(&self) -> Result<Learned<R>, RotationError> {
        let labels = self.view.labels.iter();
        let numbers = labels.flat_map(|labels| &labels.orphans);
        let ids = numbers.filter_map(|number| self.knowledge.id(*number));
        let reads = ids.map(async |id| {
            let read = self.read(Which::Version(id.clone())).await?;
            Ok((id.clone(), read))
        });
        let read: Result<Vec<_>, RotationError> = join_all(reads).await.into_iter().collect();
        Ok(Learned::Orphans(read?))
    }

    pub(super) async fn mark(&self, who: Who) -> Result<Learned<R>, RotationError> {
        let labels = self.view.labels.as_ref();
        let number = match who {
            Who::Pending => Some(Id::ME),
            Who::Current => labels.and_then(|labels| labels.current),
            Who::Previous => labels.and_then(|labels| labels.previous),
            Who::Orphan(id) => Some(id),
        };
        let id = number.and_then(|number| self.knowledge.id(number));
        let id = id.ok_or_else(|| RotationError::Versions(format!("no version is {who:?}")))?;
        let swap = self
            .move_stage(Stage::Mark(id.clone()), None, Some(id))
            .await?;
        Ok(Learned::Marked(who, swap))
    }

    pub(super) async fn free(&self, who: Who) -> Result<Learned<R>, RotationError> {
        let id = match who {
            Who::Orphan(id) => self.knowledge.id(id).cloned(),
            _ => self.holder(&Stage::Previous).cloned(),
        };
        if let Some(id) = id {
            // Elsewhere: it is off already.
            self.move_stage(Stage::Mark(id.clone()), Some(&id), None)
                .await?;
        }
        Ok(Learned::Freed(who))
    }

    pub(super) async fn promote(&self) -> Result<Learned<R>, RotationError> {
        let from = self.holder(&Stage::Current).cloned();
        let me = &self.event.version_id;
        let swap = self
            .move_stage(Stage::Current, from.as_ref(), Some(me))
            .await?;
        Ok(Learned::Promoted(swap))
    }

    async fn move_stage(
        &self,
        stage: Stage,
        from: Option<&VersionId>,
        to: Option<&VersionId>,
    ) -> Result<Swap, RotationError> {
        self.time_to_write()?;
        self.ask(
            "UpdateSecretVersionStage",
            self.store
                .move_stage(&self.event.secret_id, stage, from, to),
        )
        .await
    }

    /// The version that carries `stage` in the last answer of DescribeSecret.
    pub(super) fn holder(&self, stage: &Stage) -> Option<&VersionId> {
        self.knowledge.description.as_ref()?.stages.holder(stage)
    }

    /// The password policy, with the secret's tags.
    pub(super) fn policy(&self) -> Result<PasswordPolicy, RotationError> {
        let description = self.knowledge.description.as_ref();
        self.config.policy_for(description.map_or(&[], |d| &d.tags))
    }

    /// Refuses a rotation that could not attach its labels.
    pub(super) fn labels_are_free(&self) -> Result<(), RotationError> {
        let Some(stages) = self.knowledge.description.as_ref().map(|d| &d.stages) else {
            return Ok(());
        };
        let has = |stage: &Stage| stages.holder(stage).is_some();
        // My mark; AWSPENDING, where no RotateSecret came before; AWSPREVIOUS, which AWSCURRENT leaves behind as it moves.
        let known = |labels: &Labels| labels.current_marked;
        let marked = self.view.labels.as_ref().is_some_and(known);
        // Where old credentials live until they are ended, AWSCURRENT's version gets a mark.
        let coexist = self.view.succession() == Some(Succession::Coexist);
        let missing = [
            !has(&Stage::Pending),
            !has(&Stage::Previous),
            coexist && !marked,
        ];
        let needed = 1 + missing.into_iter().filter(|missing| *missing).count();
        let count = stages.count();
        if count + needed <= MAX_LABELS {
            return Ok(());
        }
        Err(RotationError::NotAllowed(format!(
            "no staging label is free: secret {} has {count} of {MAX_LABELS}, and this rotation needs {needed} more. Take off the labels that nobody needs",
            self.event.secret_id
        )))
    }

    /// Waits until my version is a horizon old, or as long as there is time. If nobody knows the age, it waits for a whole
    /// horizon. What createSecret has no time to wait for, setSecret waits for.
    pub(super) async fn wait(&self) -> Result<Learned<R>, RotationError> {
        let made = self.knowledge.made();
        let due = made.map(|made| made + self.limits.horizon);
        let needed = due.map_or(self.limits.horizon, |due| self.until(due));
        let wait = needed.min(self.spare());
        tracing::info!(
            seconds = wait.as_secs(),
            "waiting for an earlier rotation to end"
        );
        self.clock.sleep(wait).await;
        Ok(Learned::Waited)
    }

    /// Pauses for 0.2 s the first time, and twice as long each further time. The last pause is what is left of the patience.
    pub(super) async fn pause(&self) -> Learned<R> {
        let pause = (self.patience + Duration::from_millis(200))
            .min(PATIENCE.saturating_sub(self.patience))
            .min(self.spare());
        self.clock.sleep(pause).await;
        Learned::Patience(pause)
    }
}

fn wrong_admin(arn: &str, problem: &str) -> RotationError {
    RotationError::Admin {
        arn: crate::secret::printable(arn, 200),
        problem: problem.to_owned(),
    }
}
