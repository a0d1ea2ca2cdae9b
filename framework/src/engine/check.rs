//! Whether the target accepts what is stored. Nothing is written, neither in Secrets Manager nor at the target.

use crate::clock::Clock;
use crate::error::RotationError;
use crate::event::{Event, Step};
use crate::protocol::{Id, Who};
use crate::rotator::{Payload, Rejection, Rotator};
use crate::secret::printable;
use crate::store::{SecretStore, Which};
use crate::version::{SecretId, Stage, VersionId};

use super::Engine;
use super::attempt::{Attempt, Learned};
use super::explain::no_current;
use super::guard;
use super::report::Limits;

/// What a check found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Checked {
    /// Where the credential was tried, in words.
    pub target: String,
    /// Whose credential it is.
    pub principal: String,
    /// What the target said.
    pub answer: Result<(), Rejection>,
}

impl<R: Rotator, S: SecretStore, C: Clock> Engine<R, S, C> {
    /// The version that is AWSCURRENT, of a secret that this function may rotate.
    ///
    /// # Errors
    /// What would keep a step of a rotation from it too: the secret names another function, is not this function's, or has no
    /// value.
    pub async fn current(
        &self,
        secret: &SecretId,
        limits: &Limits,
    ) -> Result<VersionId, RotationError> {
        guard::place(secret, false, limits, self.config.only_secret.as_ref())?;
        let found = self.store.describe(secret).await?;
        guard::description(secret, &found, limits.function.as_deref())?;
        let current = found.stages.holder(&Stage::Current).cloned();
        current.ok_or_else(|| no_current(secret))
    }

    /// Logs in with the credential of `version`, which carries `label`, and closes the session at once. A refusal is an answer,
    /// not an error. The target may count it as a failed login.
    ///
    /// # Errors
    /// Nobody knows whether the target accepts the credential: the secret cannot be read, its JSON does not fit, or the target
    /// gave no answer. If AWSCURRENT was asked for and is on another version, nobody logs in.
    pub async fn check(
        &self,
        secret: &SecretId,
        version: &VersionId,
        label: &Stage,
        limits: &Limits,
    ) -> Result<Checked, RotationError> {
        let event = Event::new(Step::TestSecret, secret.clone(), version.clone());
        let (rotator, store) = (&self.rotator, &self.store);
        let attempt = Attempt::new(rotator, store, &self.clock, &self.config, &event, limits);
        attempt.try_mine(label).await.map_err(RotationError::shown)
    }
}

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// What the target says to the credential of my version, which carries `label`.
    async fn try_mine(mut self, label: &Stage) -> Result<Checked, RotationError> {
        let version = &self.event.version_id;
        let who = match label {
            Stage::Current => Who::Current,
            Stage::Previous => Who::Previous,
            _ => Who::Pending,
        };
        // AWSCURRENT names the administrator's secret for all of them.
        let current = self.read(Which::Stage(Stage::Current)).await?;
        let moved = current.as_ref().is_none_or(|read| read.id != *version);
        if who == Who::Current && moved {
            return Err(RotationError::Changed(format!(
                "AWSCURRENT is not on version {version} any more: check again"
            )));
        }
        self.fold(Learned::Current(current))?;
        if who != Who::Current {
            let read = self.read(Which::Version(version.clone())).await?;
            self.fold(match who {
                Who::Previous => Learned::Previous(Id::ME, read),
                _ => Learned::Pending(read),
            })?;
        }
        let payload = self.knowledge.payload(who)?;
        let shown = |text: &str| printable(text, usize::MAX);
        Ok(Checked {
            target: shown(&payload.target()),
            principal: shown(payload.principal()),
            answer: self.login(payload, None).await?,
        })
    }
}
