//! How a retired credential ends. An id in a secret may be mistyped, or be somebody else's: it is held against the service before
//! the administrator revokes anything by it.

use rotation::{HookError, Secret};

use crate::listing::Entry;
use crate::payload::TokenSecret;
use crate::service::Service;

impl Service<'_> {
    /// After `Ok`, the service refuses `retired`; `keep` has shown who we are.
    ///
    /// # Errors
    /// If it lives on, whatever the service has said.
    pub(crate) async fn end(
        &self,
        keep: &TokenSecret,
        retired: &TokenSecret,
    ) -> Result<(), HookError> {
        let lives = self.verify(retired).await?.is_ok();
        match retired.id() {
            Some(id) if self.may_revoke(keep, id, lives).await? => self.revoke(keep, id).await?,
            _ if !lives || self.is_dead(retired).await? => return Ok(()),
            Some(id) => return Err(self.by_hand(&format!("nothing shows that {id} is its id"))),
            None => return Err(self.by_hand("its version has no id")),
        }
        if self.is_dead(retired).await? {
            return Ok(());
        }
        if self.profile.outlives_revocation {
            tracing::warn!(
                "the old credential is revoked, and works on until its end: this service's do"
            );
            return Ok(());
        }
        Err(HookError::failed(
            "the service says that the old credential is revoked, but it still works: end it there by hand. If this service's credentials outlive their revocation, say so in the profile (outlives-revocation = true)",
        ))
    }

    /// Whether `id` is a credential of `keep`'s principal. `lives` says that the retired credential has just been accepted: then
    /// the service may have said its id too.
    async fn may_revoke(
        &self,
        keep: &TokenSecret,
        id: &str,
        lives: bool,
    ) -> Result<bool, HookError> {
        if lives && self.profile.shows_id() {
            return Ok(true);
        }
        if self.profile.list.is_none() {
            return Ok(self.revokes_for_principal() || lives && self.shared.alone);
        }
        let entries = self.list(keep).await?;
        let entry = entries.iter().find(|entry| entry.id == id);
        Ok(entry.is_some_and(|entry| self.is_known_as_ours(entry)))
    }

    /// Of an entry of the list.
    fn is_known_as_ours(&self, entry: &Entry) -> bool {
        self.lists_for_principal() || self.revokes_for_principal() || self.mark(entry).is_some()
    }

    /// Whether the list has nobody else's.
    pub(crate) fn lists_for_principal(&self) -> bool {
        let list = self.profile.list.as_ref();
        let asked = list.is_some_and(|list| self.profile.is_of_principal(list));
        asked || !self.profile.items.is.is_empty()
    }

    /// Whether the service itself holds the id against the principal.
    fn revokes_for_principal(&self) -> bool {
        let revoke = &self.profile.revoke;
        revoke.iter().all(|call| self.profile.is_of_principal(call))
    }

    /// Refuses an id that nothing would show to be the credential's when it is to be revoked.
    ///
    /// # Errors
    /// What to put in its place.
    pub(crate) fn id_can_be_shown(
        &self,
        current: &TokenSecret,
        entries: &[Entry],
    ) -> Result<(), HookError> {
        let Some(id) = current.id() else {
            return Ok(());
        };
        let unlisted = self.profile.list.is_none();
        let entry = entries.iter().find(|entry| entry.id == id);
        if self.profile.shows_id()
            || unlisted && (self.revokes_for_principal() || self.shared.alone)
            || entry.is_some_and(|entry| self.is_known_as_ours(entry))
        {
            return Ok(());
        }
        let key = self.profile.id.as_deref().unwrap_or_default();
        let shown = rotation::secret::printable(id, 80);
        Err(HookError::refused(match self.lists_for_principal() {
            true => format!(
                "the service has no credential {shown} of this principal: correct the key {key}"
            ),
            false => format!(
                "nothing shows that {shown} is the id of the present credential, and a wrong one would be somebody else's: put an empty text under the key {key}, and revoke the present credential at the service by hand after the next rotation"
            ),
        }))
    }

    fn by_hand(&self, why: &str) -> HookError {
        HookError::refused(format!(
            "the old credential cannot be revoked: {why}. Revoke it at the service by hand, and run the rotation again"
        ))
    }

    /// After `Ok`, the service says that it has no credential `id`.
    ///
    /// # Errors
    /// If it refuses.
    pub(crate) async fn revoke(&self, keep: &TokenSecret, id: &str) -> Result<(), HookError> {
        let key = self.profile.id.as_deref().unwrap_or_default();
        let named = keep.with(vec![(key, Secret::new(id))]);
        let values = self.values(&named);
        for call in &self.profile.revoke {
            let answer = self.call("revoke", call, values).await;
            let answer = answer.map_err(|failure| failure.of(call))?;
            let form = self.profile.answers;
            let gone = self
                .profile
                .gone
                .iter()
                .any(|sign| sign.fits(&answer, form));
            if !answer.is_success() && !gone {
                return Err(self.refusal(&answer, call, &call.url(&values)?));
            }
        }
        Ok(())
    }
}
