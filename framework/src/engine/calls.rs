//! What every call of an attempt is held to: its time, and no secret in its words.

use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};

use crate::clock::Clock;
use crate::context::Context;
use crate::document::Document;
use crate::error::{HookError, RotationError};
use crate::rotator::{Rotator, Verdict};
use crate::secret::Secret;
use crate::store::SecretStore;

use super::attempt::Attempt;

/// No write begins with less left.
const WRITE: Duration = Duration::from_secs(5);
/// How long an answer that seems stale is asked for again.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// For letting go of a session, whatever the deadline.
const CLOSE: Duration = Duration::from_secs(1);
/// Left of the function's time when a call is given up: to let go, and a second for the answer to Lambda.
const ANSWER: Duration = Duration::from_secs(2);

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// Closes the session that is held, if one is.
    pub(super) async fn let_go_of_held(&self) {
        let held = self.session.lock().await.take();
        if let Some(session) = held {
            self.let_go(session).await;
        }
    }

    /// Closes a session, for as long as that may take.
    pub(super) async fn let_go(&self, session: R::Session) {
        let closing = std::pin::pin!(self.rotator.close(session));
        select(closing, std::pin::pin!(self.clock.alarm(CLOSE))).await;
    }

    /// For a hook that starts now.
    pub(super) fn context(&self) -> Context {
        let description = self.knowledge.description.as_ref();
        let labelled = description.map(|d| d.stages.versions().map(|(id, _)| id.clone()).collect());
        Context {
            secret_id: self.event.secret_id.clone(),
            version_id: self.event.version_id.clone(),
            labelled: labelled.unwrap_or_default(),
            policy: self.config.policy.clone(),
            settings: self
                .config
                .settings
                .with_tags(description.map_or(&[], |d| &d.tags)),
            password: None,
            admin: self.knowledge.admin.clone(),
            claimed: false,
            time_left: self.left().saturating_sub(ANSWER),
            began: self.began,
            now: self.clock.now(),
            horizon: self.limits.horizon,
        }
    }

    /// For a hook that starts now and changes something.
    pub(super) fn context_to_write(&self) -> Result<Context, RotationError> {
        self.time_to_write()?;
        Ok(self.context())
    }

    /// Until the deadline.
    pub(super) fn left(&self) -> Duration {
        self.until(self.limits.deadline)
    }

    /// How long a wait may be that leaves time for a write after it.
    pub(super) fn spare(&self) -> Duration {
        self.left().saturating_sub(WRITE)
    }

    /// From now.
    pub(super) fn until(&self, then: SystemTime) -> Duration {
        then.duration_since(self.clock.now()).unwrap_or_default()
    }

    /// Refuses to begin what changes something if it might be cut off.
    pub(super) fn time_to_write(&self) -> Result<(), RotationError> {
        if self.left() >= WRITE {
            return Ok(());
        }
        Err(RotationError::Time(format!(
            "not enough time left to change anything safely ({:.1} s): raise the function's time-out to 30 s or more",
            self.left().as_secs_f64()
        )))
    }

    /// `call`, for as long as there is time for it.
    pub(super) async fn bounded<T>(
        &self,
        what: &str,
        call: impl Future<Output = T>,
    ) -> Result<T, RotationError> {
        let late = |left: Duration| {
            RotationError::Time(format!(
                "{what} did not answer within {:.1} s, all that was left of the function's time",
                left.as_secs_f64()
            ))
        };
        let left = self.left().saturating_sub(ANSWER);
        if left.is_zero() {
            return Err(late(left));
        }
        let call = std::pin::pin!(call);
        match select(call, std::pin::pin!(self.clock.alarm(left))).await {
            Either::Left((answer, _)) => Ok(answer),
            Either::Right(_) => Err(late(left)),
        }
    }

    /// A hook's answer in time, with everything secret taken out of an error.
    pub(super) async fn hook<T>(
        &self,
        cx: &Context,
        also: &[&Secret],
        call: impl Future<Output = Result<T, HookError>>,
    ) -> Result<T, HookError> {
        let answer = self.bounded("the target", call).await;
        let answer = answer.unwrap_or_else(|late| Err(HookError::late(late.to_string())));
        answer.map_err(|error| error.scrubbed(&self.secrets(cx, also)))
    }

    /// What the target says to `payload`, with everything secret taken out of a refusal too.
    pub(super) async fn tested(
        &self,
        cx: &Context,
        payload: &R::Payload,
        replaces: Option<&R::Payload>,
    ) -> Result<Verdict<R::Session>, HookError> {
        let call = self.rotator.test(cx, payload, replaces);
        Ok(match self.hook(cx, &[], call).await? {
            Verdict::Reject(said) => Verdict::Reject(said.scrubbed(&self.secrets(cx, &[]))),
            accepted @ Verdict::Accept(_) => accepted,
        })
    }

    /// All that a hook could repeat: what was read or made, and what it was given beside.
    fn secrets(&self, cx: &Context, also: &[&Secret]) -> Vec<Secret> {
        let mut secrets = self.knowledge.secrets();
        secrets.extend(cx.admin.iter().flat_map(Document::guarded));
        secrets.extend(cx.password.iter().chain(also.iter().copied()).cloned());
        secrets
    }
}
