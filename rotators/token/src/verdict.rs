//! Whether a credential works, and whose it is: asked until a change can have settled.

use std::time::Duration;

use rotation::secret::printable;
use rotation::{HookError, Rejection};

use crate::http::{Answer, Failure};
use crate::payload::TokenSecret;
use crate::profile::Verdict;
use crate::service::Service;

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(500);
/// Of the hook's time, for what comes after.
const SPARE: Duration = Duration::from_secs(6);

impl Service<'_> {
    /// Whether the service takes the credential now, or will within the time that a new one needs.
    ///
    /// # Errors
    /// If it says neither yes nor no, or the credential is another principal's.
    pub(crate) async fn takes(
        &self,
        payload: &TokenSecret,
    ) -> Result<Result<(), Rejection>, HookError> {
        self.settled(payload, true).await
    }

    /// Sees that a credential is dead, at the latest within the time that its end needs.
    ///
    /// # Errors
    /// If it lives on.
    pub(crate) async fn is_dead(&self, payload: &TokenSecret) -> Result<bool, HookError> {
        Ok(self.settled(payload, false).await?.is_err())
    }

    async fn settled(
        &self,
        payload: &TokenSecret,
        wanted: bool,
    ) -> Result<Result<(), Rejection>, HookError> {
        let mut waited = Duration::ZERO;
        loop {
            let said = self.verify(payload).await?;
            let over = waited >= self.profile.verdict.settles || self.left() < SPARE;
            if said.is_ok() == wanted || over {
                return Ok(said);
            }
            tokio::time::sleep(PAUSE).await;
            waited += PAUSE;
        }
    }

    /// One question, one answer.
    ///
    /// # Errors
    /// If it is neither yes nor no, or the credential is another principal's.
    pub(crate) async fn verify(
        &self,
        payload: &TokenSecret,
    ) -> Result<Result<(), Rejection>, HookError> {
        let (verify, values) = (&self.profile.verify, self.values(payload));
        let answer = match self.call("verify", verify, values).await {
            Ok(answer) => answer,
            // Who cannot log in has no session to ask with.
            Err(Failure::NoLogin(answer, _)) if self.is_no(&answer) => {
                return Ok(Err(self.rejection(&answer)));
            }
            Err(failure) => return Err(failure.of(verify)),
        };
        if self.is_no(&answer) {
            return Ok(Err(self.rejection(&answer)));
        }
        if answer.is_success() {
            return self.looks(&answer, payload);
        }
        let alive = &self.profile.verdict.alive;
        if alive
            .iter()
            .any(|sign| sign.fits(&answer, self.profile.answers))
        {
            return Ok(Ok(()));
        }
        Err(self.refusal(&answer, verify, &verify.url(&values)?))
    }

    fn is_no(&self, answer: &Answer) -> bool {
        let dead = &self.profile.verdict.dead;
        dead.iter()
            .any(|sign| sign.fits(answer, self.profile.answers))
    }

    fn rejection(&self, answer: &Answer) -> Rejection {
        let skew = answer.skew(self.cx.now()).unwrap_or_default();
        Rejection::new(format!("the service refuses it ({}{skew})", answer.status))
    }

    /// Some services answer 200 to a dead credential, and say in the answer what it is; many say whose it is.
    fn looks(
        &self,
        answer: &Answer,
        payload: &TokenSecret,
    ) -> Result<Result<(), Rejection>, HookError> {
        let Verdict { only, is, .. } = &self.profile.verdict;
        if only.is_empty() && is.is_empty() {
            return Ok(Ok(()));
        }
        let content = self.content(&self.profile.verify, answer)?;
        let odd = only
            .iter()
            .find(|(pointer, value)| content.pointer(pointer) != Some(value));
        if let Some((pointer, value)) = odd {
            let value = printable(&value.to_string(), 60);
            return Ok(Err(Rejection::new(format!(
                "the service does not say {value} at {pointer} of it"
            ))));
        }
        is.check(&content, &self.values(payload), self.profile.id.as_deref())?;
        Ok(Ok(()))
    }
}
