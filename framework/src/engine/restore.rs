//! A credential that was forgotten at the target: an administrator whom a person names sets it again.

use crate::clock::Clock;
use crate::context::Context;
use crate::error::RotationError;
use crate::event::{Event, Step};
use crate::protocol::Who;
use crate::rotator::{Payload, Rotator};
use crate::store::{SecretStore, Which};
use crate::version::{SecretId, Stage, VersionId};

use super::Engine;
use super::attempt::{Attempt, Learned};
use super::report::Limits;

impl<R: Rotator, S: SecretStore, C: Clock> Engine<R, S, C> {
    /// After `Ok`, the target accepts the credential of `version`, which is AWSCURRENT: the administrator whose secret has the ARN `admin`
    /// has set it for the user whom a person has named. No label has moved.
    ///
    /// # Errors
    /// AWSCURRENT is on another version, or names another user: whoever may write the secret might have stored one who may do more. The
    /// administrator's secret cannot be used, or the target does not let the administrator do that.
    pub async fn restore(
        &self,
        secret: &SecretId,
        (version, user): (&VersionId, &str),
        admin: &str,
        limits: &Limits,
    ) -> Result<(), RotationError> {
        let event = Event::new(Step::SetSecret, secret.clone(), version.clone());
        let (rotator, store) = (&self.rotator, &self.store);
        let attempt = Attempt::new(rotator, store, &self.clock, &self.config, &event, limits);
        attempt
            .restore(user, admin)
            .await
            .map_err(RotationError::shown)
    }
}

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    async fn restore(mut self, user: &str, admin: &str) -> Result<(), RotationError> {
        let admin = self.admin_of(self.may_be_admin(admin)?).await?;
        let version = self.event.version_id.clone();
        let current = self.read(Which::Both(version, Stage::Current)).await?;
        if current.is_none() {
            return Err(RotationError::Changed(
                "AWSCURRENT is on another version by now: nothing was changed, start again".into(),
            ));
        }
        self.fold(Learned::Current(current))?;
        let forgotten = self.knowledge.payload(Who::Current)?;
        if forgotten.principal() != user {
            return Err(RotationError::NotAllowed(format!(
                "AWSCURRENT is the credential of user {}, and not of {user}: nothing was changed",
                forgotten.principal()
            )));
        }
        let cx = Context {
            admin: Some(admin),
            ..self.context_to_write()?
        };
        let call = self.rotator.restore(&cx, forgotten);
        Ok(self.hook("restore", &cx, &[], call).await?)
    }
}
