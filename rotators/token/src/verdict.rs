//! Whether a credential works: asked until a change can have settled.

use std::time::Duration;

use rotation::{HookError, Rejection};

use crate::http::Answer;
use crate::payload::TokenSecret;
use crate::service::Service;
use crate::values::Values;

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(500);
/// Of the hook's time, for what comes after.
const SPARE: Duration = Duration::from_secs(6);

impl Service<'_> {
    /// Whether the service takes the credential now, or will within the time that a new one needs.
    ///
    /// # Errors
    /// If it says neither yes nor no.
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
    async fn verify(&self, payload: &TokenSecret) -> Result<Result<(), Rejection>, HookError> {
        let verify = &self.profile.verify;
        let values = Values {
            secret: Some(payload.fields()),
            ..Values::default()
        };
        let answer = self.call("verify", verify, values).await;
        let answer = answer.map_err(|failure| failure.of(verify))?;
        let (verdict, status) = (&self.profile.verdict, answer.status);
        if verdict.dead.contains(&status) {
            let skew = answer.skew(self.cx.now()).unwrap_or_default();
            return Ok(Err(Rejection::new(format!(
                "the service refuses it ({status}{skew})"
            ))));
        }
        if answer.is_success() {
            return self.looks(&answer);
        }
        if verdict.alive.contains(&status) {
            return Ok(Ok(()));
        }
        Err(answer.refusal(&verify.to_string(), &verify.url(&values)?))
    }

    /// Some services answer 200 to a dead credential, and say in the answer what it is.
    fn looks(&self, answer: &Answer) -> Result<Result<(), Rejection>, HookError> {
        let only = &self.profile.verdict.only;
        if only.is_empty() {
            return Ok(Ok(()));
        }
        let unreadable = |why| HookError::failed(format!("{}: {why}", self.profile.verify));
        let content = answer.content(self.profile.answers).map_err(unreadable)?;
        let odd = only
            .iter()
            .find(|(pointer, value)| content.pointer(pointer) != Some(value));
        Ok(match odd {
            None => Ok(()),
            Some((pointer, value)) => {
                let value = rotation::secret::printable(&value.to_string(), 60);
                Err(Rejection::new(format!(
                    "the service does not say {value} at {pointer} of it"
                )))
            }
        })
    }
}
