//! A bastion that was entered, and who is behind it.

use std::sync::Arc;

use rotation::HookError;
use russh::keys::PublicKey;

use crate::host::Host;
use crate::identity::Handle;
use crate::login::Jump;

/// A session with the host that the others are reached through.
pub(crate) struct Bastion {
    host: Host,
    jump: Jump,
    pub(crate) handle: Arc<Handle>,
    /// The key that it was entered with, if it is not the fleet's.
    own: Option<PublicKey>,
}

impl Bastion {
    pub(crate) fn new(
        host: &Host,
        jump: &Jump,
        handle: Arc<Handle>,
        own: Option<PublicKey>,
    ) -> Self {
        Self {
            host: host.clone(),
            jump: jump.clone(),
            handle,
            own,
        }
    }

    /// Whether `host` is reached through it. It never leads to itself.
    pub(crate) fn leads_to(&self, host: &Host) -> bool {
        self.jump.leads_to(host) && !self.host.is(host)
    }

    /// Refuses a key of the bastion's own that is the fleet's present one too.
    ///
    /// # Errors
    /// In words, with the way out.
    pub(crate) fn differs(&self, present: &PublicKey) -> Result<(), HookError> {
        if self.is_entered_with(present) {
            return Err(self.jump.is_the_fleets());
        }
        Ok(())
    }

    /// Refuses to retire the key that the bastion is entered with.
    ///
    /// # Errors
    /// In words, with the way out.
    pub(crate) fn outlives(&self, retired: &PublicKey) -> Result<(), HookError> {
        if self.is_entered_with(retired) {
            return Err(self.jump.would_end());
        }
        Ok(())
    }

    fn is_entered_with(&self, key: &PublicKey) -> bool {
        let own = self.own.as_ref().map(PublicKey::key_data);
        own == Some(key.key_data())
    }
}
