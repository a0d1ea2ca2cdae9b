//! The calls to Secrets Manager, each for one [`Next`], and the waits.

use std::time::Duration;

use futures_util::future::join_all;

use crate::clock::Clock;
use crate::document::Document;
use crate::error::{RotationError, StoreError, StoreErrorKind};
use crate::event::Step;
use crate::password::PasswordPolicy;
use crate::protocol::{Next, Who};
use crate::rotator::{Payload, Rotator};
use crate::store::{SecretStore, Swap, Which};
use crate::version::{SecretId, Stage, VersionId};

use super::attempt::{Attempt, Learned};
use super::calls::PATIENCE;
use super::known::Known;

/// Secrets Manager allows 20 labels on a secret.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>.
const MAX_LABELS: usize = 20;

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// Carries out one call.
    pub(super) async fn perform(&self, next: Next) -> Result<Learned<R>, RotationError> {
        match next {
            Next::Describe => self.describe().await,
            Next::ReadPending => Ok(Learned::Pending(self.read(self.mine()).await?)),
            Next::ReadCurrent => Ok(Learned::Current(
                self.read(Which::Stage(Stage::Current)).await?,
            )),
            Next::ReadOrphans => self.read_orphans().await,
            Next::Put => self.put().await,
            Next::Mark => self.mark().await,
            Next::Free(who) => self.free(who).await,
            Next::Promote => self.promote().await,
            Next::Wait => self.wait().await,
            Next::Patience => Ok(self.pause().await),
            _ => self.perform_hook(next).await,
        }
    }

    /// A call to Secrets Manager, bounded.
    pub(super) async fn ask<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, RotationError> {
        Ok(self.bounded("Secrets Manager", call).await??)
    }

    /// A version, parsed.
    pub(super) async fn read(
        &self,
        which: Which,
    ) -> Result<Option<Known<R::Payload>>, RotationError> {
        let version = self
            .ask(self.store.value(&self.event.secret_id, which))
            .await?;
        Ok(version.map(|version| Known::read(self.rotator, version)))
    }

    /// The admin's secret, if `payload` names one. One read does for a whole step.
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
        let wrong = |problem: &str| wrong_admin(arn, problem);
        match self.ask(self.store.admin(arn)).await {
            Ok(Some(document)) => Ok(Some(document)),
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

    /// The admin's secret that `payload` names, if it can be one.
    pub(super) fn admin_named<'p>(
        &self,
        payload: &'p R::Payload,
    ) -> Result<Option<&'p str>, RotationError> {
        let Some(arn) = payload.admin_secret() else {
            return Ok(None);
        };
        let problem = match SecretId::parse(arn) {
            None => "is not named by a full ARN: correct the key masterarn",
            Some(id) if id == self.event.secret_id => {
                "is this very secret: name the administrator's own secret"
            }
            Some(id) if id.place() != self.event.secret_id.place() => {
                "is in another account or Region: keep both secrets together"
            }
            Some(_) => return Ok(Some(arn)),
        };
        Err(wrong_admin(arn, problem))
    }

    async fn describe(&self) -> Result<Learned<R>, RotationError> {
        let answer = self.ask(self.store.describe(&self.event.secret_id)).await?;
        Ok(Learned::Labels(answer))
    }

    /// Steps that have no DescribeSecret beside it ask for the label too.
    fn mine(&self) -> Which {
        let me = self.event.version_id.clone();
        match self.event.step {
            Step::CreateSecret | Step::FinishSecret => Which::Version(me),
            Step::SetSecret | Step::TestSecret => Which::Both(me, Stage::Pending),
        }
    }

    async fn read_orphans(&self) -> Result<Learned<R>, RotationError> {
        let ids = self.knowledge.orphan_ids.iter();
        let secret = &self.event.secret_id;
        let reads = ids.map(|id| self.ask(self.store.value(secret, Which::Version(id.clone()))));
        let mut versions = Vec::new();
        for read in join_all(reads).await {
            versions.extend(read?);
        }
        versions.sort_by_key(|version| std::cmp::Reverse(version.created));
        Ok(Learned::Orphans(versions))
    }

    async fn put(&self) -> Result<Learned<R>, RotationError> {
        self.time_to_write()?;
        let old = self.knowledge.payload(Who::Current)?;
        let new = self.knowledge.generated.as_ref().unwrap_or(old);
        let current = self.knowledge.current.as_ref();
        let document = current.map_or_else(|| Document::new("{}"), |c| c.document.clone());
        let value = document
            .patch(old, new)
            .map_err(|problem| RotationError::Value {
                stage: Stage::Current,
                problem,
            })?;
        let Self { store, event, .. } = self;
        let token = event.rotation_token.as_ref();
        let call = store.put_pending(&event.secret_id, &event.version_id, &value, token);
        Ok(Learned::Put(self.ask(call).await?))
    }

    async fn mark(&self) -> Result<Learned<R>, RotationError> {
        let me = &self.event.version_id;
        // Elsewhere: another invocation of this rotation was faster, and it is where it belongs.
        self.move_stage(Stage::Mark(me.clone()), None, Some(me))
            .await?;
        Ok(Learned::Marked)
    }

    async fn free(&self, who: Who) -> Result<Learned<R>, RotationError> {
        let id = match who {
            Who::Orphan(n) => self.knowledge.orphans.get(n).map(|known| known.id.clone()),
            _ => self.holder(&Stage::Previous).cloned(),
        };
        if let Some(id) = id {
            // Elsewhere: it is off already.
            self.move_stage(Stage::Mark(id.clone()), Some(&id), None)
                .await?;
        }
        Ok(Learned::Freed(who))
    }

    async fn promote(&self) -> Result<Learned<R>, RotationError> {
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
            self.store
                .move_stage(&self.event.secret_id, stage, from, to),
        )
        .await
    }

    /// In the last DescribeSecret answer.
    pub(super) fn holder(&self, stage: &Stage) -> Option<&VersionId> {
        self.knowledge.description.as_ref()?.stages.holder(stage)
    }

    /// What a new password is like, by the secret's tags too.
    pub(super) fn policy(&self) -> Result<PasswordPolicy, RotationError> {
        let description = self.knowledge.description.as_ref();
        self.config.policy_for(description.map_or(&[], |d| &d.tags))
    }

    /// Refuses a rotation that could not mark its version.
    pub(super) fn label_is_free(&self) -> Result<(), RotationError> {
        let count = self
            .knowledge
            .description
            .as_ref()
            .map_or(0, |d| d.stages.count());
        if count < MAX_LABELS {
            return Ok(());
        }
        Err(RotationError::NotAllowed(format!(
            "no staging label is free: secret {} has {count} of {MAX_LABELS}; take off those that nobody needs",
            self.event.secret_id
        )))
    }

    /// createSecret does not know its version's age: it waits as long as it may, setSecret the rest.
    async fn wait(&self) -> Result<Learned<R>, RotationError> {
        let due = self
            .knowledge
            .pending
            .as_ref()
            .map(|me| me.created + self.limits.horizon);
        let needed = due.map_or(self.limits.horizon, |due| self.until(due));
        let wait = needed.min(self.spare());
        tracing::info!(
            seconds = wait.as_secs(),
            "waiting for an earlier rotation to end"
        );
        self.clock.sleep(wait).await;
        Ok(Learned::Waited)
    }

    /// 0.2 s, then twice as long each time, and what is left of the patience at last.
    async fn pause(&self) -> Learned<R> {
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
