//! The rules for every call of an attempt: it ends in time, and its error holds no secret.

use std::time::{Duration, SystemTime};

use futures_util::future::{Either, join_all, select};

use crate::clock::{Clock, millis};
use crate::context::Context;
use crate::document::Document;
use crate::error::{HookError, RotationError};
use crate::rotator::{Rotator, Verdict};
use crate::secret::Secret;
use crate::store::SecretStore;

use super::attempt::Attempt;

/// If less time than this is left, no write begins.
const WRITE: Duration = Duration::from_secs(5);
/// If an answer seems stale, the call is repeated for at most this long.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// The longest time that closing a session may take, whatever the deadline is.
const CLOSE: Duration = Duration::from_secs(1);
/// A call is given up when this much of the function's time is left: one second to close the session, and one for the answer to
/// Lambda.
const ANSWER: Duration = Duration::from_secs(2);

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// Closes the session that is held, if one is, and beside it the one that proved the new credential.
    pub(super) async fn let_go_of_held(&self) {
        let held = self.session.lock().await.take();
        let proof = self.proof.lock().await.take();
        let sessions = held.into_iter().chain(proof);
        join_all(sessions.map(|session| self.let_go(session))).await;
    }

    /// Closes a session. It gives up after one second.
    pub(super) async fn let_go(&self, session: R::Session) {
        let began = self.clock.now();
        let closing = std::pin::pin!(self.rotator.close(session));
        let alarm = std::pin::pin!(self.clock.alarm(CLOSE));
        let closed = matches!(select(closing, alarm).await, Either::Left(_));
        self.note_call("close", began, closed.then_some(true));
    }

    /// The context for a hook that starts now.
    pub(super) fn context(&self) -> Context {
        Context {
            secret_id: self.event.secret_id.clone(),
            version_id: self.event.version_id.clone(),
            policy: self.config.policy.clone(),
            admin: self.knowledge.admin.clone(),
            claimed: false,
            time_left: self.left().saturating_sub(ANSWER),
            began: self.began,
            now: self.clock.now(),
            horizon: self.limits.horizon,
            told: None,
        }
    }

    /// The context for a hook that starts now and changes something. It is an error if too little time is left.
    pub(super) fn context_to_write(&self) -> Result<Context, RotationError> {
        self.time_to_write()?;
        Ok(self.context())
    }

    /// The time that is left until the deadline.
    pub(super) fn left(&self) -> Duration {
        self.until(self.limits.deadline)
    }

    /// The longest wait that leaves enough time for a write after it.
    pub(super) fn spare(&self) -> Duration {
        self.left().saturating_sub(WRITE)
    }

    /// The time from now until `then`. It is zero if `then` is past.
    pub(super) fn until(&self, then: SystemTime) -> Duration {
        then.duration_since(self.clock.now()).unwrap_or_default()
    }

    /// Refuses a change if there may not be enough time to finish it.
    pub(super) fn time_to_write(&self) -> Result<(), RotationError> {
        if self.left() >= WRITE {
            return Ok(());
        }
        Err(RotationError::Time(format!(
            "not enough time left to change anything safely ({:.1} s): raise the function's time-out to 30 s or more",
            self.left().as_secs_f64()
        )))
    }

    /// The answer of `call`, which is called `name` in the log. It is an error if `who` does not answer in time.
    pub(super) async fn bounded<T, E>(
        &self,
        who: &str,
        name: &'static str,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<Result<T, E>, RotationError> {
        let late = |left: Duration| {
            RotationError::Time(format!(
                "{who} did not answer within {:.1} s, all that was left of the function's time",
                left.as_secs_f64()
            ))
        };
        let left = self.left().saturating_sub(ANSWER);
        if left.is_zero() {
            return Err(late(left));
        }
        let began = self.clock.now();
        let call = std::pin::pin!(call);
        let answer = match select(call, std::pin::pin!(self.clock.alarm(left))).await {
            Either::Left((answer, _)) => Some(answer),
            Either::Right(_) => None,
        };
        self.note_call(name, began, answer.as_ref().map(Result::is_ok));
        answer.ok_or_else(|| late(left))
    }

    /// Writes how long a call took. `ok` is `None` if there was no answer in time.
    fn note_call(&self, call: &'static str, began: SystemTime, ok: Option<bool>) {
        let duration = self.clock.now().duration_since(began).unwrap_or_default();
        let duration_ms = millis(duration);
        let ended = match ok {
            Some(true) => "answered",
            Some(false) => "failed",
            None => "gave no answer in time",
        };
        tracing::debug!(call, duration_ms, "{call} {ended}");
    }

    /// The answer of the hook that is called `name`. It is an error if there is none in time. Everything secret is taken out of
    /// the error's text.
    pub(super) async fn hook<T>(
        &self,
        name: &'static str,
        cx: &Context,
        also: &[&Secret],
        call: impl Future<Output = Result<T, HookError>>,
    ) -> Result<T, HookError> {
        let answer = self.bounded("the target", name, call).await;
        let answer = answer.unwrap_or_else(|late| Err(HookError::late(late.to_string())));
        answer.map_err(|error| error.scrubbed(&self.secrets(cx, also)))
    }

    /// The answer of the target to `payload`. Everything secret is taken out of a refusal too.
    pub(super) async fn tested(
        &self,
        cx: &Context,
        payload: &R::Payload,
        replaces: Option<&R::Payload>,
    ) -> Result<Verdict<R::Session>, HookError> {
        let call = self.rotator.test(cx, payload, replaces);
        Ok(match self.hook("test", cx, &[], call).await? {
            Verdict::Reject(said) => Verdict::Reject(said.scrubbed(&self.secrets(cx, &[]))),
            accepted @ Verdict::Accept(_) => accepted,
        })
    }

    /// Every secret that a hook could repeat: those that were read or made, and those that the hook was given.
    fn secrets(&self, cx: &Context, also: &[&Secret]) -> Vec<Secret> {
        let mut secrets = self.knowledge.secrets();
        secrets.extend(cx.admin.iter().flat_map(Document::guarded));
        secrets.extend(also.iter().copied().cloned());
        secrets
    }
}
