//! Whether a credential works: asked until a change can have settled.

use std::time::Duration;

use rotation::{HookError, Rejection, Secret};

use crate::answer::text_at;
use crate::http::Answer;
use crate::payload::TokenSecret;
use crate::profile::Verdict;
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
            return self.looks(&answer, &values);
        }
        if verdict.alive.contains(&status) {
            return Ok(Ok(()));
        }
        Err(answer.refusal(&verify.to_string(), &verify.url(&values)?))
    }

    /// Some services answer 200 to a dead credential, and say in the answer what it is; many say whose it is.
    fn looks(
        &self,
        answer: &Answer,
        values: &Values<'_>,
    ) -> Result<Result<(), Rejection>, HookError> {
        let Verdict { only, is, .. } = &self.profile.verdict;
        if only.is_empty() && is.is_empty() {
            return Ok(Ok(()));
        }
        let unreadable = |why| HookError::failed(format!("{}: {why}", self.profile.verify));
        let content = answer.content(self.profile.answers).map_err(unreadable)?;
        let odd = only
            .iter()
            .find(|(pointer, value)| content.pointer(pointer) != Some(value));
        if let Some((pointer, value)) = odd {
            let value = rotation::secret::printable(&value.to_string(), 60);
            return Ok(Err(Rejection::new(format!(
                "the service does not say {value} at {pointer} of it"
            ))));
        }
        for (pointer, expected) in is {
            let expected = expected.plain(values)?;
            let said = text_at(&content, pointer);
            if said.as_ref().map(Secret::expose) != Some(expected.as_str()) {
                return Err(HookError::refused(format!(
                    "the credential is another user's: the secret says {}, the service says {} at {pointer}; correct the secret",
                    rotation::secret::printable(&expected, 100),
                    rotation::secret::printable(
                        said.as_ref().map_or("nothing", Secret::expose),
                        100
                    ),
                )));
            }
        }
        Ok(Ok(()))
    }
}
