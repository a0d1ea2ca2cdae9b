//! How credentials end: what earlier tries have left, and what is retired.

use std::time::SystemTime;

use rotation::{HookError, Secret};

use crate::fields::Fields;
use crate::listing::Entry;
use crate::mark::Mark;
use crate::payload::TokenSecret;
use crate::service::Service;
use crate::values::Values;

/// The key by which a secret says that nobody else uses its account.
const SOLE_OWNER: &str = "sole_owner";

impl Service<'_> {
    /// Ends what earlier tries of this secret's rotations have left, and sees that there is room for one more.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) async fn sweep(&self, current: &TokenSecret) -> Result<(), HookError> {
        let entries = self.list(current.fields()).await?;
        let others: Vec<&Entry> = entries
            .iter()
            .filter(|entry| Some(entry.id.as_str()) != current.id())
            .collect();
        let own = entries
            .iter()
            .find(|entry| Some(entry.id.as_str()) == current.id());
        let held = own
            .and_then(|entry| self.mark(entry))
            .map(|mark| mark.version);
        let mut left = entries.len();
        for entry in others {
            if self.is_orphan(entry, held.as_deref(), current) {
                tracing::warn!(
                    id = entry.id,
                    "a credential that no version holds is revoked: an earlier try left it"
                );
                self.revoke(current.fields(), &entry.id).await?;
                left -= 1;
            }
        }
        match self.profile.items.limit.filter(|limit| left >= *limit) {
            None => Ok(()),
            Some(limit) => Err(self.no_room(limit, &entries, current)),
        }
    }

    fn mark(&self, entry: &Entry) -> Option<Mark> {
        Mark::parse(self.cx.secret_id(), entry.name.as_deref()?)
    }

    /// Ours, of no version that still counts, or beside the one that its version holds; and made so long before this invocation
    /// began that whoever made it cannot have stored it since.
    fn is_orphan(&self, entry: &Entry, held: Option<&str>, current: &TokenSecret) -> bool {
        let old = |made: SystemTime| {
            self.cx
                .began()
                .duration_since(made)
                .is_ok_and(|age| age >= self.cx.horizon())
        };
        if self.profile.items.name.is_none() {
            let sole = current.fields().get(SOLE_OWNER) == Some("true");
            return sole && current.id().is_some() && entry.created.is_some_and(old);
        }
        let Some(mark) = self.mark(entry) else {
            return false;
        };
        let mine = mark.version == self.cx.version_id().as_str();
        let counts = self
            .cx
            .labelled()
            .iter()
            .any(|id| id.as_str() == mark.version);
        (mine || !counts || held == Some(&mark.version)) && old(mark.made)
    }

    fn no_room(&self, limit: usize, entries: &[Entry], current: &TokenSecret) -> HookError {
        let known = |entry: &Entry| {
            let whose = if Some(entry.id.as_str()) == current.id() {
                " (AWSCURRENT)"
            } else {
                ""
            };
            rotation::secret::printable(&format!("{}{whose}", entry.id), 80)
        };
        let all: Vec<String> = entries.iter().map(known).collect();
        let advice = if self.profile.items.name.is_none() {
            "; or, if nobody else uses this account, put the key sole_owner with the value true into the secret: then what no version holds is revoked when it is old enough"
        } else {
            "; what an earlier try left is revoked by itself when it is old enough"
        };
        HookError::failed(format!(
            "no room for another credential: the service allows {limit}, and has {}; revoke what nobody uses{advice}",
            all.join(", ")
        ))
    }

    /// After `Ok`, the service says that it has no credential `id`.
    ///
    /// # Errors
    /// If it refuses.
    pub(crate) async fn revoke(&self, fields: &Fields, id: &str) -> Result<(), HookError> {
        let mut fields = fields.clone();
        if let Some(key) = &self.profile.id {
            fields.put(key, Secret::new(id));
        }
        let values = Values {
            secret: Some(&fields),
            ..Values::default()
        };
        for call in &self.profile.revoke {
            let answer = self.call("revoke", call, values).await;
            let answer = answer.map_err(|failure| failure.of(call))?;
            if !answer.is_success() && !self.profile.gone.contains(&answer.status) {
                return Err(answer.refusal(&call.to_string(), &call.url(&values)?));
            }
        }
        Ok(())
    }

    /// After `Ok`, the service refuses `retired`; `keep` has shown who we are.
    ///
    /// # Errors
    /// If it lives on, whatever the service has said.
    pub(crate) async fn end(
        &self,
        keep: &TokenSecret,
        retired: &TokenSecret,
    ) -> Result<(), HookError> {
        let key = self.profile.id.as_deref().unwrap_or_default();
        match retired.id() {
            Some(id) => self.revoke(keep.fields(), id).await?,
            None if self.is_dead(retired).await? => return Ok(()),
            None => {
                return Err(HookError::refused(format!(
                    "the old credential cannot be revoked: its version has no {key}; revoke it at the service by hand, and run the rotation again"
                )));
            }
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
            "the service says that the old credential is revoked, but it still works: end it there by hand; if this service's credentials outlive their revocation, say so in the profile (outlives-revocation = true)",
        ))
    }
}
