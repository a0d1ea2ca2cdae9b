//! What earlier tries have left, and whether there is room for one more.

use std::time::SystemTime;

use rotation::HookError;
use rotation::version::VersionId;

use crate::listing::Entry;
use crate::mark::Mark;
use crate::payload::TokenSecret;
use crate::profile::Flow;
use crate::service::Service;

impl Service<'_> {
    /// Ends what earlier tries of this secret's rotations have left, and sees that there is room for one more, and that the
    /// present credential can be revoked when its time comes.
    ///
    /// # Errors
    /// If there is none, or it cannot.
    pub(crate) async fn sweep(
        &self,
        current: &TokenSecret,
        labelled: &[VersionId],
    ) -> Result<(), HookError> {
        let entries = self.list(current).await?;
        self.id_can_be_shown(current, &entries)?;
        let others: Vec<&Entry> = entries
            .iter()
            .filter(|entry| Some(entry.id.as_str()) != current.id())
            .collect();
        let own = entries
            .iter()
            .find(|entry| Some(entry.id.as_str()) == current.id());
        let held = own.and_then(|entry| self.mark(entry));
        let held = held.as_ref().map(|mark| mark.version.as_str());
        // This one makes its own anew, and the one that is held has its own already.
        let me = self.cx.version_id().as_str();
        let waiting = labelled.iter().map(VersionId::as_str);
        let waiting = waiting.filter(|version| *version != me && held != Some(*version));
        let waiting: Vec<&str> = waiting.collect();
        let mut left = entries.len();
        for entry in others {
            if self.is_orphan(entry, current, &waiting) {
                tracing::warn!(
                    id = entry.id,
                    "a credential that no version holds is revoked: an earlier try left it"
                );
                self.revoke(current, &entry.id).await?;
                left -= 1;
            }
        }
        match self.profile.items.limit.filter(|limit| left >= *limit) {
            None => Ok(()),
            Some(limit) => Err(self.no_room(limit, &entries, current)),
        }
    }

    /// After `Ok`, a rotation would find the list as it needs it.
    ///
    /// # Errors
    /// If it would not.
    pub(crate) async fn check(&self, current: &TokenSecret) -> Result<(), HookError> {
        if self.profile.flow != Flow::Create {
            return Ok(());
        }
        let entries = self.list(current).await?;
        self.id_can_be_shown(current, &entries)
    }

    pub(crate) fn mark(&self, entry: &Entry) -> Option<Mark> {
        Mark::parse(self.cx.secret_id(), entry.name.as_deref()?)
    }

    /// Ours, and not of a version that may still store it; and made so long before this invocation began that whoever made it cannot
    /// have stored it since.
    fn is_orphan(&self, entry: &Entry, current: &TokenSecret, waiting: &[&str]) -> bool {
        let old = |made: SystemTime| {
            let age = self.cx.began().duration_since(made);
            age.is_ok_and(|age| age >= self.cx.horizon())
        };
        if self.profile.items.name.is_none() {
            // TOKEN_SOLE_OWNER is about the accounts of the function's secrets. A list of all accounts has others' credentials too.
            let sole = self.shared.sole_owner && self.lists_for_principal();
            return sole && current.id().is_some() && entry.created.is_some_and(old);
        }
        let mark = self.mark(entry);
        mark.is_some_and(|mark| !waiting.contains(&mark.version.as_str()) && old(mark.made))
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
            ". Or, if nobody else uses the accounts of this function's secrets, set TOKEN_SOLE_OWNER=true. The function then revokes credentials that no version holds, when they are old enough"
        } else {
            ". A credential that an earlier try left is revoked by itself when it is old enough"
        };
        HookError::failed(format!(
            "no room for another credential: the service allows {limit}, and has {}. Revoke what nobody uses{advice}",
            all.join(", ")
        ))
    }
}
