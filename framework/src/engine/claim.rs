//! Whose principal it is, if the target does not show that: this secret's, if a version with a label names it.

use crate::clock::Clock;
use crate::error::{HookError, RotationError};
use crate::protocol::Id;
use crate::rotator::{Payload, Rotator};
use crate::store::{SecretStore, Which};
use crate::version::Stage;

use super::attempt::Attempt;

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// Returns true if a hook has found a principal without a sign, and a labelled version names that principal on the target of
    /// `payload`. The two versions at hand do not count.
    pub(super) async fn claims(
        &self,
        ended: &Result<(), HookError>,
        payload: &R::Payload,
    ) -> Result<bool, RotationError> {
        let Some(principal) = ended
            .as_ref()
            .err()
            .and_then(HookError::unclaimed_principal)
        else {
            return Ok(false);
        };
        for which in self.others() {
            let known = self.read(which).await?;
            let named = known.and_then(|known| known.payload.ok());
            if named.is_some_and(|named| {
                named.principal() == principal && named.target() == payload.target()
            }) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// AWSPREVIOUS, and what earlier rotations left.
    fn others(&self) -> Vec<Which> {
        let orphans = self.view.labels.iter().flat_map(|labels| &labels.orphans);
        let id = |number: &Id| self.knowledge.id(*number).cloned().map(Which::Version);
        let previous = Which::Stage(Stage::Previous);
        [previous]
            .into_iter()
            .chain(orphans.filter_map(id))
            .collect()
    }

    /// Adds to a refusal of a principal that nobody claims how a person can claim it.
    pub(super) fn with_way_out(&self, error: HookError) -> HookError {
        let Some(principal) = error.unclaimed_principal() else {
            return error;
        };
        let secret = &self.event.secret_id;
        let stages = self.knowledge.description.as_ref().map(|d| &d.stages);
        let previous = stages.and_then(|stages| stages.holder(&Stage::Previous));
        let from =
            previous.map_or_else(String::new, |id| format!(" --remove-from-version-id {id}"));
        let text = format!(
            "{}. If {principal} is this secret's other user, make the version that names {principal} AWSPREVIOUS again, and rotate: \
             aws secretsmanager update-secret-version-stage --secret-id {secret} --version-stage AWSPREVIOUS \
             --move-to-version-id VERSION{from} (aws secretsmanager list-secret-version-ids --include-deprecated shows the versions)",
            error.text()
        );
        HookError::refused(text)
    }

    /// Adds to a refusal of the new value how a person can have another one made.
    pub(super) fn with_another_value(&self, error: HookError) -> HookError {
        match error.is_unfit() {
            true => HookError::refused(format!("{}. {}", error.text(), self.anew())),
            false => error,
        }
    }
}
